// This file is longer than 200 lines because what a shell reads is one grammar.
/** Where in a command for /bin/sh a value comes to stand, as far as its quoting is concerned. */
export type Spot =
  | { readonly kind: 'bare' | 'double' | 'single' | 'comment' }
  /** No quoting is sure to keep the shell from reading it. */
  | { readonly kind: 'unsafe'; readonly where: string };

/** What stands open around a place. */
type Frame = {
  readonly kind: 'command' | 'sum' | 'double' | 'braces';
  /** Whether it stands within double quotes, or is some. */
  readonly isQuoted: boolean;
  parens: number;
  /** How many words are still to come that are read as a command once more. */
  readAgain: number;
};

/** Characters that are read together, and the spot of what stands among them. */
type Token = { readonly length: number; readonly inside?: Spot };

/**
 * Reads a command as a shell does and says what surrounds each of the places: indexes, in ascending order, of characters
 * that stand for a value and are letters. Where it may err, it says `unsafe`.
 */
export function spotsIn(text: string, places: readonly number[]): readonly Spot[] {
  const reader = new Reader(text);
  const spots: Spot[] = [];
  for (let index = 0; spots.length < places.length && index < text.length; ) {
    const place = places[spots.length] ?? 0;
    if (place === index) spots.push(reader.spotAt(index));
    const { length, inside } = reader.read(index);
    for (let next = places[spots.length]; next !== undefined && next < index + length; next = places[spots.length])
      spots.push(inside ?? unsafe('where it cannot be read for sure'));
    index += length;
  }
  return spots;
}

/** Whether words can be added to the end of a command and are then its last ones. */
export function takesWords(command: string): boolean {
  const [end] = spotsIn(`${command} x`, [command.length + 1]);
  return end?.kind === 'bare' && !/[;&|(]\s*$/.test(command);
}

function unsafe(where: string): Spot {
  return { kind: 'unsafe', where };
}

const backtick = /`(?:[^`\\]|\\[\s\S])*`?/y;
const singleQuoted = /'[^']*'?/y;
const ansiQuoted = /\$'(?:[^'\\]|\\[\s\S])*'?/y;
const comment = /#[^\n]*/y;
const hereDocument = /<<(-?)[ \t]*((?:'[^']*'|"[^"]*"|\\[\s\S]|[^\s;&|<>()'"\\])+)/y;

/** What begins a word after which all words of the command, or after a shell's `-c` the next one, are read once more. */
const evaluation = /(?:eval|trap)(?=\s)/y;
const optionOfShell = /-\w*c(?=\s)/y;
const shellBefore = /(?:^|[\s;&|(/])(?:ba|da|z|k|a)?sh(?:\s+-\w+)*\s+$/;
const readAgain = unsafe('in a text that is read as a command once more');

class Reader {
  private readonly text: string;
  private readonly frames: Frame[] = [{ kind: 'command', isQuoted: false, parens: 0, readAgain: 0 }];
  private readonly documents: { readonly word: string; readonly hasTabs: boolean }[] = [];
  private isWordStart = true;
  private isAfterDollar = false;
  private isUnclear = false;

  constructor(text: string) {
    this.text = text;
  }

  /** The spot of a character that is no part of a longer token. */
  spotAt(index: number): Spot {
    const { kind, isQuoted } = this.frame();
    if (this.isUnclear) return unsafe('where it cannot be read for sure');
    if (this.isAfterDollar) return unsafe('right after a `$`');
    if (kind === 'sum') return unsafe('in `$((…))`');
    if (kind === 'braces' && isQuoted) return unsafe("in the shell's `${…}` within double quotes");
    if (this.isReadAgain(index, index + 1)) return readAgain;
    return { kind: kind === 'double' ? kind : 'bare' };
  }

  /** Reads what begins at the index. */
  read(index: number): Token {
    const { kind } = this.frame();
    const wasWordStart = this.isWordStart;
    this.isWordStart = false;
    this.isAfterDollar = false;
    const token = this.readQuotes(index) ?? this.readDollar(index);
    if (token !== undefined) return token;
    if (kind === 'braces' && this.text[index] === '}') this.frames.pop();
    if (kind === 'sum') this.readParens(index);
    return kind === 'command' ? this.readCommand(index, wasWordStart) : { length: 1 };
  }

  private readQuotes(index: number): Token | undefined {
    const { kind, isQuoted } = this.frame();
    switch (this.text[index]) {
      case '\\':
        return { length: 2, inside: unsafe('right after a backslash') };
      case '`':
        return this.token(backtick, index, unsafe('in backticks'));
      case '"':
        this.isUnclear ||= this.isInSum();
        if (kind !== 'double') return this.open('double', true, 1);
        this.frames.pop();
        return { length: 1 };
      case "'": {
        if (kind === 'double') return undefined;
        const isInSum = this.isInSum();
        this.isUnclear ||= isQuoted || isInSum;
        const token = this.token(singleQuoted, index, isInSum ? unsafe('in `$((…))`') : { kind: 'single' });
        return this.isReadAgain(index + 1, index + token.length - 1) ? { ...token, inside: readAgain } : token;
      }
      default:
        return undefined;
    }
  }

  /** Shells disagree on what quotes mean there. */
  private isInSum(): boolean {
    return this.frames.some(({ kind }) => kind === 'sum');
  }

  private readDollar(index: number): Token | undefined {
    if (this.text[index] !== '$') return undefined;
    const isInDouble = this.frame().isQuoted;
    const next = this.text.slice(index + 1, index + 3);
    if (next === '((') return this.open('sum', false, 3);
    if (next.startsWith('(')) return this.open('command', false, 2);
    if (next.startsWith('{')) return this.open('braces', isInDouble, 2);
    if (next.startsWith("'") && !isInDouble) {
      const token = this.token(ansiQuoted, index, unsafe("in `$'…'`"));
      // Not every /bin/sh knows it, and those that do not see another end.
      this.isUnclear ||= this.isInSum() || this.text.slice(index, index + token.length).includes("\\'");
      return token;
    }
    this.isAfterDollar = true;
    return { length: 1 };
  }

  private readCommand(index: number, wasWordStart: boolean): Token {
    const { text } = this;
    const character = text[index] ?? '';
    if (wasWordStart && character === '#') return this.token(comment, index, { kind: 'comment' });
    if (text.startsWith('<<', index)) return this.readRedirection(index);
    if (character === '\n' && this.documents.length > 0) return this.readDocuments(index);
    // Its patterns end in brackets that were never opened.
    this.isUnclear ||= wasWordStart && this.frames.length > 1 && /^case\s/.test(text.slice(index, index + 5));
    if (wasWordStart) this.readWord(index);
    this.isWordStart = /[\s;&|()<>]/.test(character);
    const frame = this.frame();
    if (/[;&|\n)]/.test(character)) frame.readAgain = 0;
    else if (this.isWordStart && !wasWordStart && frame.readAgain > 0) frame.readAgain--;
    this.readParens(index);
    return { length: 1 };
  }

  private readWord(index: number): void {
    if (evaluation.test(this.at(evaluation, index))) this.frame().readAgain = Infinity;
    const isShell = optionOfShell.test(this.at(optionOfShell, index)) && shellBefore.test(this.text.slice(0, index));
    // The option itself, and what follows it.
    if (isShell) this.frame().readAgain = 2;
  }

  private readParens(index: number): void {
    const frame = this.frame();
    if (this.text[index] === '(') frame.parens++;
    if (this.text[index] !== ')') return;
    if (frame.parens > 0) frame.parens--;
    else if (this.frames.length > 1) {
      this.frames.pop();
      this.isWordStart = false;
    }
  }

  private readRedirection(index: number): Token {
    this.isWordStart = true;
    if (this.text.startsWith('<<<', index)) return { length: 3 };
    const token = this.token(hereDocument, index, unsafe('in the word that ends a here-document'));
    const [, tab, word = ''] = hereDocument.exec(this.at(hereDocument, index)) ?? [];
    this.isUnclear ||= word === '';
    this.isWordStart = word === '';
    this.documents.push({ word: word.replace(/\\([\s\S])|['"]/g, '$1'), hasTabs: tab === '-' });
    return token;
  }

  private readDocuments(index: number): Token {
    let end = index + 1;
    for (const { word, hasTabs } of this.documents.splice(0)) {
      for (let line: string | undefined; line !== word && end <= this.text.length; ) {
        const stop = `${this.text}\n`.indexOf('\n', end);
        const written = this.text.slice(end, stop);
        line = hasTabs ? written.replace(/^\t+/, '') : written;
        end = stop + 1;
      }
    }
    this.isWordStart = true;
    return { length: end - index, inside: unsafe('in a here-document') };
  }

  /** A shell's command that is nothing but the value was meant to be a command. */
  private isReadAgain(start: number, end: number): boolean {
    if (!this.frames.some((frame) => frame.readAgain > 0)) return false;
    const isWholeWord =
      end === start + 1 && /\s(["']?).\1(?:\s|$)/.test(this.text.slice(Math.max(0, start - 2), end + 2));
    return !isWholeWord || this.frames.some((frame) => frame.readAgain > 2);
  }

  private open(kind: Frame['kind'], isQuoted: boolean, length: number): Token {
    this.frames.push({ kind, isQuoted, parens: kind === 'sum' ? 1 : 0, readAgain: 0 });
    this.isWordStart = kind === 'command';
    return { length };
  }

  private token(pattern: RegExp, index: number, inside: Spot): Token {
    const [matched = ''] = pattern.exec(this.at(pattern, index)) ?? [];
    return { length: Math.max(1, matched.length), inside };
  }

  private at(pattern: RegExp, index: number): string {
    pattern.lastIndex = index;
    return this.text;
  }

  private frame(): Frame {
    return this.frames.at(-1) as Frame;
  }
}
