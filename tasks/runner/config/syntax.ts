import type { Problem } from '../errors.ts';

/** What the YAML parser says of a mistake: a code, a sentence, and the characters that are meant. */
export type SyntaxError = {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [start: number, end: number];
};

/** A mistake in the syntax without the words of YAML's specification, where it is one that people make. */
export function describeSyntax({ code, message, pos: [start] }: SyntaxError, text: string): Omit<Problem, 'place'> {
  const missing = /end with an? ([\]}])$/.exec(message)?.[1];
  if (missing !== undefined) return { message: `a \`${missing}\` is missing before this` };
  const isReference = text.slice(start - 1, start + 1) === '${';
  if (isReference) {
    return {
      message: 'a text with `${` must be in quotes inside of `{ }` or `[ ]`',
      hint: "write '…' around the text",
    };
  }
  switch (code) {
    case 'DUPLICATE_KEY':
      return { message: `key \`${keyAt(text, start)}\` is given twice` };
    case 'TAB_AS_INDENT':
      return { message: 'a tab cannot indent, only spaces can' };
    case 'BAD_INDENT':
      return { message: 'this is indented otherwise than the lines that it belongs to' };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: 'this is a value, and has keys below it or beside it',
        hint: 'check the indentation, and write a text that contains `: ` in quotes',
      };
    case 'MULTIPLE_DOCS':
      return { message: 'a config is one document, and `---` begins a second' };
    default:
      return { message: message.charAt(0).toLowerCase() + message.slice(1) };
  }
}

/** What else is wrong in a line follows from the first. */
export function firstOfEachLine(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(
    ({ place }, index) => problems.findIndex((other) => other.place?.line === place?.line) === index,
  );
}

function keyAt(text: string, start: number): string {
  return /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:]+(?::[^\s:]+)*)/.exec(text.slice(start))?.[0] ?? '';
}
