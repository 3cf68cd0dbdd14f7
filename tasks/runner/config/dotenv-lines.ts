import type { Problem } from '../errors.ts';

export type Variables = {
  /** In the order of the lines. */
  readonly pairs: readonly (readonly [name: string, value: string])[];
  /** Lines that cannot be read for sure. They are not shown: there may be a secret in them. */
  readonly problems: readonly Problem[];
};

/** Reads a file of variables. A value may go on over several lines where it is quoted; no `${…}` is filled in. */
export function readVariables(text: string, file: string): Variables {
  const reading: Reading = { text: text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'), index: 0 };
  const pairs: (readonly [string, string])[] = [];
  const problems: Problem[] = [];
  let line = 1;
  for (let from = 0; from < reading.text.length; from = reading.index) {
    const found = readLine(reading);
    if (found?.wrong !== undefined) {
      problems.push({ message: `line ${line} of \`${file}\` ${found.wrong}`, hint: found.hint });
      take(reading, restOfLine);
    } else if (found?.value.includes('\0')) problems.push(nulByte(`line ${line} of \`${file}\``));
    else if (found !== undefined) pairs.push([found.name, found.value]);
    line += reading.text.slice(from, reading.index).split('\n').length - 1;
  }
  return { pairs, problems };
}

/** The system takes it for the end of the value, so nothing can be started with it. */
function nulByte(place: string): Problem {
  return { message: `${place} has a NUL byte in its value`, hint: 'leave it out; a text file in UTF-8 has none' };
}

type Reading = { readonly text: string; index: number };
type Line =
  | { readonly wrong?: undefined; readonly name: string; readonly value: string }
  | { readonly wrong: string; readonly hint: string };

const nothing = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const start = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/y;
const restOfLine = /([^\n]*)(?:\n|$)/y;
const quotes = {
  '"': { called: 'double quote', whole: /"((?:[^"\\]|\\[\s\S])*)"/y },
  "'": { called: 'single quote', whole: /'([^']*)'/y },
  '`': { called: 'backtick', whole: /`([^`]*)`/y },
} as const;

function readLine(reading: Reading): Line | undefined {
  if (take(reading, nothing) !== undefined) return undefined;
  const name = take(reading, start)?.[1];
  if (name === undefined) return { wrong: 'is not a variable', hint: 'write `NAME=value`, or `#` before a comment' };
  const quote = reading.text[reading.index] ?? '';
  if (!isQuote(quote)) return { name, value: withoutComment(take(reading, restOfLine)?.[1] ?? '') };
  const { called, whole } = quotes[quote];
  const quoted = take(reading, whole)?.[1];
  if (quoted === undefined)
    return { wrong: `has a ${called} that is never closed`, hint: 'close it, or put the value in other quotes' };
  if (take(reading, nothing) === undefined) return { wrong: `continues after the closing ${called}`, hint };
  return { name, value: quote === '"' ? unescaped(quoted) : quoted };
}

const hint = 'write `#` before a comment, and `\\"` for a quote within double quotes';

function isQuote(sign: string): sign is keyof typeof quotes {
  return Object.hasOwn(quotes, sign);
}

/** What stands at the reader's place, which moves behind it. */
function take(reading: Reading, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reading.index;
  const found = pattern.exec(reading.text) ?? undefined;
  reading.index += found?.[0].length ?? 0;
  return found;
}

/** As a shell reads it: a `#` within a word is part of it. */
function withoutComment(value: string): string {
  return value.replace(/(^|\s)#[^\n]*$/, '').trim();
}

/** Another backslash is one: `C:\dir`. */
function unescaped(text: string): string {
  return text.replace(/\\(["\\n])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}
