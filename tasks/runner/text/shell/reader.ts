// This file is longer than 200 lines because what a shell reads is one grammar.
import { endCommand, endWord, type Frame, isInCalculation, makeFrame, matchAt, whereReadAgain } from './frames.ts';
import type { Spot } from './spots.ts';
import { unknownPart } from './words.ts';

/** Characters that are read together, and the spot of what stands among them. */
export type Token = { readonly length: number; readonly inside?: Spot };

/** Of what nobody can say for sure. */
export const unclear = unsafe('in a place whose meaning is not certain');

function unsafe(where: string): Spot {
  return { kind: 'unsafe', where };
}

const backtick = /`(?:[^`\\]|\\[\s\S])*`?/y;
const singleQuoted = /'[^']*'?/y;
const ansiQuoted = /\$'(?:[^'\\]|\\[\s\S])*'?/y;
const comment = /#[^\n]*/y;
const hereDocument = /<<(-?)[ \t]*((?:'[^']*'|"[^"]*"|\\[\s\S]|[^\s;&|<>()'"\\])+)/y;

/** Reads a command as a shell does. */
export class Reader {
  private readonly text: string;
  private readonly frames: Frame[] = [makeFrame('command', false, 0)];
  private readonly documents: { readonly word: string; readonly hasTabs: boolean }[] = [];
  private isWordStart = true;
  private isAfterDollar = false;
  private isUnclear = false;
  private isPlace = false;

  constructor(text: string) {
    this.text = text;
  }

  /** The spot of a character that is no part of a longer token. */
  spotAt(index: number): Spot {
    const { kind, isQuoted, at } = this.frame();
    this.isPlace = true;
    if (this.isUnclear) return unclear;
    if (this.isAfterDollar) return unsafe('right after a `$`');
    if (kind === 'sum') return unsafe(this.text[at] === '$' ? 'in `$((…))`' : 'in `((…))`');
    if (kind === 'braces' && isQuoted) return unsafe("in the shell's `${…}` within double quotes");
    if (isInCalculation(this.text, this.frames)) return unsafe("in the shell's `${…}` where bash evaluates arithmetic");
    const again = whereReadAgain(this.text, this.frames, index);
    return again === undefined ? { kind: kind === 'double' ? kind : 'bare' } : unsafe(again);
  }

  /** Reads what begins at the index. */
  read(index: number): Token {
    const { kind } = this.frame();
    const wasWordStart = this.isWordStart;
    this.isWordStart = false;
    this.isAfterDollar = false;
    const token = this.readQuotes(index, wasWordStart) ?? this.readDollar(index);
    if (token !== undefined) return token;
    if (kind === 'braces' && this.text[index] === '}') this.frames.pop();
    if (kind === 'sum') this.readParens(index);
    if (kind === 'command') return this.readCommand(index, wasWordStart);
    this.add(index, this.text[index] ?? '');
    return { length: 1 };
  }

  private readQuotes(index: number, wasWordStart: boolean): Token | undefined {
    const { kind, isQuoted } = this.frame();
    switch (this.text[index]) {
      case '\\':
        // A line that goes on is as if there were nothing.
        if (this.text[index + 1] === '\n') this.isWordStart = wasWordStart;
        else this.add(index, this.text[index + 1] ?? '');
        return { length: 2, inside: unsafe('right after a backslash') };
      case '`':
        this.add(index, '$');
        return this.token(backtick, index, unsafe('in backticks'));
      case '"':
        this.isUnclear ||= this.isInSum();
        this.add(index, '');
        if (kind !== 'double') return this.open('double', index, 1);
        this.frames.pop();
        return { length: 1 };
      case "'": {
        if (kind === 'double') return undefined;
        const isInSum = this.isInSum();
        this.isUnclear ||= isQuoted || isInSum;
        const token = this.token(singleQuoted, index, isInSum ? unsafe('in `((…))`') : { kind: 'single' });
        const again = whereReadAgain(this.text, this.frames, index);
        this.add(index, this.text.slice(index + 1, index + token.length - 1));
        return again === undefined ? token : { ...token, inside: unsafe(again) };
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
    this.add(index, '$');
    if (next === '((') return this.open('sum', index, 3);
    if (next.startsWith('(')) return this.open('command', index, 2);
    if (next.startsWith('{')) return this.open('braces', index, 2);
    // To some shells that is a sum, whose end the others do not see.
    this.isUnclear ||= next.startsWith('[');
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
    if (text.startsWith('<<', index)) return this.readHereText(index);
    if (character === '\n' && this.documents.length > 0) return this.readDocuments(index);
    // Its patterns end in brackets that were never opened.
    this.isUnclear ||= wasWordStart && this.frames.length > 1 && /^case\s/.test(text.slice(index, index + 5));
    this.isWordStart = /[\s;&|()<>]/.test(character);
    if (!this.isWordStart) this.add(index, character);
    else if (/[<>]/.test(character)) return this.readRedirection(index);
    else if (/[;&|()\n]/.test(character) && !this.isOfRedirection(index)) endCommand(this.frame(), character);
    else endWord(this.frame());
    if (text.startsWith('((', index)) return this.open('sum', index, 2);
    this.readParens(index);
    return { length: 1 };
  }

  /** The signs in `2>&1`, `>|` and `&>`. */
  private isOfRedirection(index: number): boolean {
    const isAfter = /[&|]/.test(this.text[index] ?? '') && /[<>]/.test(this.text[index - 1] ?? '');
    return isAfter || this.text.startsWith('&>', index);
  }

  private readRedirection(index: number): Token {
    const frame = this.frame();
    if (this.text[index + 1] === '(') return this.open('command', index, 2);
    if (/^\d+$/.test(frame.word?.text ?? '')) frame.word = undefined;
    endWord(this.frame());
    frame.isRedirected = true;
    return { length: 1 };
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

  private readHereText(index: number): Token {
    this.isWordStart = true;
    const isString = this.text.startsWith('<<<', index);
    if (isString) return { ...this.readRedirection(index), length: 3 };
    endWord(this.frame());
    const token = this.token(hereDocument, index, unsafe('in the word that ends a here-document'));
    const [, tab, word = ''] = matchAt(hereDocument, this.text, index) ?? [];
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
    endCommand(this.frame(), '\n');
    return { length: end - index, inside: unsafe('in a here-document') };
  }

  private open(kind: Frame['kind'], index: number, length: number): Token {
    const isQuoted = kind === 'double' || (kind === 'braces' && this.frame().isQuoted);
    const frame = makeFrame(kind, isQuoted, index);
    frame.parens = kind === 'sum' ? 1 : 0;
    this.frames.push(frame);
    this.isWordStart = kind === 'command';
    return { length };
  }

  /** Adds to the word that is being read: the one of the innermost command. */
  private add(index: number, text: string): void {
    const frame = this.frames.findLast(({ kind }) => kind === 'command') as Frame;
    frame.word ??= { text: '', at: index };
    frame.word.text += this.isPlace ? unknownPart : text;
    this.isPlace = false;
  }

  private token(pattern: RegExp, index: number, inside: Spot): Token {
    const [matched = ''] = matchAt(pattern, this.text, index) ?? [];
    return { length: Math.max(1, matched.length), inside: this.isUnclear ? unclear : inside };
  }

  private frame(): Frame {
    return this.frames.at(-1) as Frame;
  }
}
