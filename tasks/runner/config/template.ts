/** A `${name}` in a text, or the text between two of them. */
export type Piece = { readonly literal: string } | { readonly name: string };

const reference = /\$\$\{|\$\{([^{}]*)\}/g;

/** Cuts a text at its `${name}`; `$${` is a literal `${`, and a plain `$NAME` stays the shell's. */
export function parseTemplate(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(reference)) {
    pieces.push({ literal: text.slice(end, match.index) });
    pieces.push(match[1] === undefined ? { literal: '${' } : { name: match[1] });
    end = match.index + match[0].length;
  }
  pieces.push({ literal: text.slice(end) });
  return pieces;
}

/** The names that a text refers to. */
export function namesIn(text: string): readonly string[] {
  return parseTemplate(text).flatMap((piece) => ('name' in piece ? [piece.name] : []));
}

/** The first `${` that no `}` follows. */
export function unclosedIn(text: string): string | undefined {
  return /\$\{[^\s'"]*/.exec(text.replaceAll(reference, ' '))?.[0];
}

/** Fills a text in; the config's check has made sure that `lookUp` knows every name. */
export function fillTemplate(text: string, lookUp: (name: string) => string): string {
  return parseTemplate(text)
    .map((piece) => ('name' in piece ? lookUp(piece.name) : piece.literal))
    .join('');
}
