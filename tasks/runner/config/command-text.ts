import { isPlainWord, shellQuote } from '../text/shell/quote.ts';
import { type Spot, spotsIn } from '../text/shell/spots.ts';
import { type Piece, parseTemplate } from './template.ts';

/** What the names in a command stand for: text that is part of the command, or words that the shell must not read. */
export type CommandNames = {
  readonly written: (name: string) => string;
  /** Undefined where the name is none of a param or of the args. */
  readonly words: (name: string) => readonly string[] | undefined;
};

type Word = { readonly name: string; readonly spot: Spot };

/** Fills a command in: each word is quoted as the place needs it, within quotes too. */
export function fillCommand(text: string, { written, words }: CommandNames): string {
  const pieces = parseTemplate(text);
  const spots = [...wordsIn(pieces, { written, isWord: (name) => words(name) !== undefined })];
  return pieces
    .map((piece, index) => {
      if (!('name' in piece)) return piece.literal;
      const list = words(piece.name);
      if (list === undefined) return written(piece.name);
      const after = pieces[index + 1];
      const endsBeforeHash = after !== undefined && 'literal' in after && after.literal.startsWith('#');
      return quoted(list, spots.shift()?.spot, endsBeforeHash);
    })
    .join('');
}

type Known = Pick<CommandNames, 'written'> & { readonly isWord: (name: string) => boolean };

/** The words that a command is given, each with the spot where it stands. */
export function wordsIn(pieces: readonly Piece[], { written, isWord }: Known): readonly Word[] {
  const names: string[] = [];
  const places: number[] = [];
  let text = '';
  for (const piece of pieces) {
    if ('literal' in piece) text += piece.literal;
    else if (isWord(piece.name)) {
      names.push(piece.name);
      places.push(text.length);
      text += 'x';
    } else text += written(piece.name);
  }
  const spots = places.length === 0 ? [] : spotsIn(text, places);
  return spots.map((spot, index) => ({ name: names[index] ?? '', spot }));
}

function quoted(words: readonly string[], spot: Spot | undefined, endsBeforeHash: boolean): string {
  const text = words.join(' ');
  switch (spot?.kind) {
    case 'bare':
      return words.length === 0 && endsBeforeHash ? "''" : words.map(shellQuote).join(' ');
    case 'double':
      return text.replace(/[\\"`$]/g, '\\$&');
    case 'single':
      return text.replaceAll("'", `'\\''`);
    case 'comment':
      return text.replace(/[\r\n]+/g, ' ');
    default:
      // The config's check lets only numbers and the like stand there.
      if (isPlainWord(text)) return text;
      throw new Error(`\`${text}\` cannot be quoted ${spot?.where ?? 'there'}`);
  }
}
