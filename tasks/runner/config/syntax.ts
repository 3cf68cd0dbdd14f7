import type { Problem } from '../errors.ts';

/** What the YAML parser says of a mistake: a code, a sentence, and the characters that are meant. */
export type SyntaxError = {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [start: number, end: number];
};

const conflict = 'CONFLICT';

export const inQuotes = "put '…' around the string";

/** A mistake in the syntax without the words of YAML's specification, where it is one that people make. */
export function describeSyntax({ code, message, pos: [start] }: SyntaxError, text: string): Omit<Problem, 'place'> {
  const missing = /end with an? ([\]}])$/.exec(message)?.[1];
  if (missing !== undefined) return { message: `a \`${missing}\` is missing before this` };
  if (isReference(text, start))
    return { message: 'a string with `${` must be in quotes inside `{ }` or `[ ]`', hint: inQuotes };
  if (message.includes(' at node end'))
    return {
      message: 'this comes after the end of a value',
      hint: 'put a string that begins with `[`, `{` or a quote in quotes as a whole, or write it below `|`',
    };
  switch (code) {
    case conflict:
      return {
        message: 'a merge conflict begins here',
        hint: 'keep what is to stay, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`',
      };
    case 'DUPLICATE_KEY':
      return { message: `key \`${keyAt(text, start)}\` is given twice` };
    case 'TAB_AS_INDENT':
      return { message: 'a tab cannot indent, only spaces can' };
    case 'BAD_INDENT':
      return { message: 'this is not indented like the lines that it belongs to' };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: 'this is a value, but there are keys below it or beside it',
        hint: 'check the indentation, and put a string that contains `: ` in quotes',
      };
    case 'BAD_SCALAR_START': {
      const sign = text.charAt(start) === '`' ? 'a backtick' : `\`${text.charAt(start)}\``;
      const ofMake =
        "remove the `@` of a command, which is shown only with `--verbose`; put '…' around any other string";
      const hint = sign === '`@`' ? ofMake : inQuotes;
      return { message: `a string that begins with ${sign} must be in quotes`, hint };
    }
    case 'RESOURCE_EXHAUSTION':
      return { message: 'there are too many lists or maps within each other here' };
    case 'MULTIPLE_DOCS':
      return { message: 'a config is one document, but `---` begins a second' };
    default:
      return { message: message.charAt(0).toLowerCase() + message.slice(1) };
  }
}

/** The characters that are meant: of a key that is given twice the parser names only the first. */
export function meantBy({ code, pos: [start, end] }: SyntaxError, text: string): SyntaxError['pos'] {
  return [start, code === 'DUPLICATE_KEY' ? start + keyAt(text, start).length : end];
}

/** Behind a mistake that ends the document in its middle, the parser names each word of the rest. */
export function withoutRest(errors: readonly SyntaxError[], text: string): readonly SyntaxError[] {
  const found = conflictIn(text);
  if (errors.length > 0 && found !== undefined) return [found];
  const isRest = ({ message, pos }: SyntaxError): boolean =>
    message.includes(' in YAML stream') && !isReference(text, pos[0]);
  return errors.filter((error, index) => index === 0 || !isRest(error));
}

/** A merge that waits to be resolved: all that the parser says of such a text follows from it. */
function conflictIn(text: string): SyntaxError | undefined {
  const found = /^<{7} .*/m.exec(text);
  if (found === null) return undefined;
  return { code: conflict, message: '', pos: [found.index, found.index + found[0].length] };
}

/** What else is wrong in a line follows from the first. */
export function firstOfEachLine(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(
    ({ place }, index) => problems.findIndex((other) => other.place?.line === place?.line) === index,
  );
}

function isReference(text: string, start: number): boolean {
  return text.slice(start - 1, start + 1) === '${';
}

function keyAt(text: string, start: number): string {
  return /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:]+(?::[^\s:]+)*)/.exec(text.slice(start))?.[0] ?? '';
}
