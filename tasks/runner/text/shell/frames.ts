import { readAgain } from './words.ts';

/** What stands open around a place. */
export type Frame = {
  readonly kind: 'command' | 'sum' | 'double' | 'braces';
  /** Whether it stands within double quotes, or is some. */
  readonly isQuoted: boolean;
  /** Where it begins. */
  readonly at: number;
  parens: number;
  /** Of a command: its words so far, without their quotes and without redirections. */
  words: string[];
  /** The word that is being read, and where it began. */
  word: { text: string; readonly at: number } | undefined;
  /** Whether the next word says where a redirection leads. */
  isRedirected: boolean;
  /** Where a `[[` of it began that is still open. */
  testAt: number | undefined;
};

/** Makes the frame of what begins at an index. */
export function makeFrame(kind: Frame['kind'], isQuoted: boolean, at: number): Frame {
  return { kind, isQuoted, at, parens: 0, words: [], word: undefined, isRedirected: false, testAt: undefined };
}

/** Ends the word that is being read, whose quotes have been left out by now. */
export function endWord(frame: Frame): void {
  if (frame.word === undefined) return;
  if (frame.word.text === '[[') frame.testAt = frame.word.at;
  if (frame.word.text === ']]') frame.testAt = undefined;
  if (!frame.isRedirected) frame.words.push(frame.word.text);
  frame.isRedirected = false;
  frame.word = undefined;
}

/** Ends the command that is being read, unless a list of values begins. */
export function endCommand(frame: Frame, character: string): void {
  const isList = character === '(' && /=$/.test(frame.word?.text ?? '');
  endWord(frame);
  frame.isRedirected = false;
  if (!isList) frame.words = [];
}

/** A word that is one letter. */
const wholeValue = /(["']?)\w\1(?=[\s;&|()<>]|$)/y;
/** The shell's `${…}` in which its text stands for itself. */
const plainBraces = /\$\{(?:\w+|[@*#?!$-])(?::?[-=?+]|[#%/^,])/y;

/** Where a value at the index is read once more by something around it, if it is. */
export function whereReadAgain(text: string, frames: readonly Frame[], index: number): string | undefined {
  const commands = frames.filter(({ kind }) => kind === 'command');
  for (const [depth, { words, word, isRedirected, testAt }] of commands.entries()) {
    if (isRedirected) continue;
    if (testAt !== undefined && comparesNumbers(text, testAt)) return 'in a `[[…]]` that evaluates arithmetic';
    const again = readAgain(words, word?.text ?? '');
    const isWhole = depth === commands.length - 1 && matchAt(wholeValue, text, word?.at ?? index) !== null;
    if (again !== undefined && !(again.mayBeWhole && isWhole)) return again.where;
  }
  return undefined;
}

/** Bash takes what a `[[…]]` compares so for sums. */
function comparesNumbers(text: string, testAt: number): boolean {
  const [test] = text.slice(testAt).split(/\s\]\]/);
  return /\s-(?:eq|ne|[gl][et]|v)\s/.test(test ?? '');
}

/** In `${x:1}` and `${x[1]}`, other than in `${x:-1}`; not beyond a command that stands in it. */
export function isInCalculation(text: string, frames: readonly Frame[]): boolean {
  const inner = frames.slice(frames.findLastIndex(({ kind }) => kind === 'command') + 1);
  return inner.some(({ kind, at }) => kind === 'braces' && matchAt(plainBraces, text, at) === null);
}

/** What a sticky pattern finds right at an index. */
export function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}
