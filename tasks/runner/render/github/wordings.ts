import type { Location } from './locations.ts';

/** What a tool says in other lines than the one with the place. */
export type Memory = {
  file?: string | undefined;
  place?: Place | undefined;
  /** Where Rust panicked, which the next line explains. */
  panic?: Place | undefined;
  /** A failed test of Node, until its error is told. */
  test?: Place | undefined;
  /** Its error has several lines, of which the next one is the first. */
  isNext?: boolean;
  /** An error of JavaScript: what was expected stands between it and its place. */
  thrown?: string | undefined;
  text?: string | undefined;
};
type Place = Omit<Location, 'text'>;

/** Finds a place in one line, perhaps with the help of those before it, or remembers something of it. */
type Wording = (line: string, memory: Memory) => Location | undefined;

/** gcc, clang, javac, mypy, rustc's short form: `src/a.c:3:5: error: text`; flake8 and rubocop: a code instead of the word. */
const compiler: Wording = (line) =>
  locate(/^\s*([^\s:()[\]"'][^:()"']*):(\d+)(?::(\d+))?: (?:fatal )?error(?:\[\w+\])?: (.+)$/i, line) ??
  locate(/^([^\s:]+\.\w+):(\d+):(\d+): ([EF]\d* ?.+|[EF]: .+)$/, line);

/** tsc and other compilers from Microsoft: `src/a.ts(3,5): error TS2322: text`, and with colours `src/a.ts:3:5 - error TS2322: text`. */
const microsoft: Wording = (line) =>
  locate(/^\s*([^\s(][^(]*)\((\d+),(\d+)\): (?:fatal )?error (.+)$/, line) ??
  locate(/^([^\s:]+):(\d+):(\d+) - error (.+)$/, line);

/** go: `./a.go:3:5: text`, and its tests `    a_test.go:12: text`. */
const go: Wording = (line) => locate(/^\s*(\S+\.go):(\d+)(?::(\d+))?: (.+)$/, line);

/** A shell: `a.sh: line 3: text` or `a.sh: 3: text`. */
const shell: Wording = (line) => {
  const [, file, number, text] = /^(\S+\.(?:sh|bash)): (?:line )?(\d+): (.+)$/.exec(line) ?? [];
  return file === undefined ? undefined : { file, line: Number(number), text: text ?? '' };
};

/** eslint: the file in a line of its own, then `  3:5  error  text  rule`. */
const eslint: Wording = (line, memory) => {
  const [, number, column, text] = /^\s+(\d+):(\d+)\s+error\s+(.+)$/.exec(line) ?? [];
  if (number !== undefined && memory.file !== undefined)
    return {
      file: memory.file,
      line: Number(number),
      column: Number(column),
      text: (text ?? '').replace(/\s{2,}/g, ' '),
    };
  if (/^[^\s:]*[^\s:/]\.\w+$/.test(line)) memory.file = line;
  return undefined;
};

/** rustc, ruff and others: `error[E0308]: text`, then ` --> src/main.rs:3:5`. */
const arrow: Wording = (line, memory) => {
  const [, file, number, column] = /^\s*(?:-->|╭─\[|┌─)\s*([^\s:]+):(\d+):(\d+)/.exec(line) ?? [];
  if (file !== undefined) return { file, line: Number(number), column: Number(column), text: memory.text ?? 'error' };
  if (/^\w+(\[\w+\])?: .+|^[A-Z]+\d+ .+/.test(line)) memory.text = line;
  return undefined;
};

/** Rust's panics, as of a failed test: `thread 'a' panicked at src/lib.rs:3:5:`, then the text. */
const panic: Wording = (line, memory) => {
  const place = memory.panic;
  memory.panic = undefined;
  if (place !== undefined) return { ...place, text: line };
  const [, file, number, column] = /^thread '.*panicked at ([^\s:]+):(\d+):(\d+):$/.exec(line) ?? [];
  if (file !== undefined) memory.panic = { file, line: Number(number), column: Number(column) };
  return undefined;
};

/** biome: `src/a.ts:3:5 lint/rule ━━━`, then `  × text`. */
const biome: Wording = (line, memory) => {
  const [, file, number, column] =
    /^([^\s:]+):(\d+):(\d+) (?:lint|format|parse|assist|suppressions)[^━]*━/.exec(line) ?? [];
  if (file !== undefined) memory.place = { file, line: Number(number), column: Number(column) };
  const [, text] = /^\s+[×✖] (.+)$/.exec(line) ?? [];
  return text === undefined ? undefined : take(memory, text);
};

/** vitest, jest and Node: `AssertionError: text`, then ` ❯ test/a.test.ts:3:5` or `    at run (/path/a.js:3:5)`. */
const javascript: Wording = (line, memory) => {
  const [, text] = /^\s*((?:Uncaught )?\w*Error(?: \[\w+\])?: .+)$/.exec(line) ?? [];
  if (text !== undefined) memory.thrown = text;
  const frame =
    /^\s+❯ (?:.* )?([^\s:(]+):(\d+):(\d+)$/.exec(line) ??
    /^\s+at (?:.* \()?(?:file:\/\/)?([^\s:()]+):(\d+):(\d+)\)?$/.exec(line);
  const [, file, number, column] = frame ?? [];
  if (file === undefined || memory.thrown === undefined || file.includes('node_modules/')) return undefined;
  const location = { file, line: Number(number), column: Number(column), text: memory.thrown };
  memory.thrown = undefined;
  return location;
};

/** Node's tests as TAP: `location: '/path/a.test.js:3:1'`, then `error: 'text'`, or `error: |-` and the text below. */
const tap: Wording = (line, memory) => {
  const [, file, number, column] = /^\s+location: '(.+):(\d+):(\d+)'$/.exec(line) ?? [];
  if (file !== undefined) memory.test = { file, line: Number(number), column: Number(column) };
  // A suite only repeats that tests in it have failed.
  if (/^\s+failureType: 'subtestsFailed'$/.test(line)) memory.test = undefined;
  const [, , quoted] = /^\s+error: (['"`])(.*)\1$/.exec(line) ?? [];
  const text = memory.isNext === true ? line.trim() : quoted;
  memory.isNext = /^\s+error: \|-$/.test(line);
  if (text === undefined || memory.test === undefined) return undefined;
  const { test } = memory;
  memory.test = undefined;
  return { ...test, text };
};

/** Python: `  File "a.py", line 3, in f`, then `ValueError: text`; pytest: `E   text`, then `a.py:3: AssertionError`. */
const python: Wording = (line, memory) => {
  const [, frame, number] = /^\s+File "([^"<]+)", line (\d+)/.exec(line) ?? [];
  if (frame !== undefined) memory.place = { file: frame, line: Number(number) };
  const [, error] = /^((?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt)(?:: .+)?)$/.exec(line) ?? [];
  if (error !== undefined && memory.place !== undefined) return take(memory, error);
  const [, said] = /^E\s+(.+)$/.exec(line) ?? [];
  if (said !== undefined) memory.text = said;
  const [, file, at, kind] = /^(\S+\.py):(\d+): (\w+)$/.exec(line) ?? [];
  return file === undefined ? undefined : { file, line: Number(at), text: memory.text ?? kind ?? '' };
};

/** A tool that itself speaks to GitHub: its command is text to us, but its place is as good as any. */
const github: Wording = (line) => {
  const [, list = '', text] = /^::error ([^:]*)::(.+)$/.exec(line) ?? [];
  if (text === undefined) return undefined;
  const values = Object.fromEntries(list.split(',').map((pair) => pair.split(/=(.*)/s).slice(0, 2).map(decoded)));
  const { file, line: number, col = values.column } = values;
  if (file === undefined || !/^\d+$/.test(number ?? '')) return undefined;
  return {
    file,
    line: Number(number),
    ...(/^\d+$/.test(col ?? '') ? { column: Number(col) } : {}),
    text: decoded(text),
  };
};

/** How each tool says it, the more certain before the others. */
export const wordings: readonly Wording[] = [
  panic,
  github,
  biome,
  compiler,
  microsoft,
  python,
  eslint,
  arrow,
  javascript,
  tap,
  shell,
  go,
];

function locate(pattern: RegExp, line: string): Location | undefined {
  const [, file, number, column, text] = pattern.exec(line) ?? [];
  if (file === undefined || !/[A-Za-z]/.test(file)) return undefined;
  return { file, line: Number(number), ...(column === undefined ? {} : { column: Number(column) }), text: text ?? '' };
}

/** The remembered place with what is said about it. */
function take(memory: Memory, text: string): Location | undefined {
  const { place } = memory;
  memory.place = undefined;
  return place === undefined ? undefined : { ...place, text };
}

function decoded(text: string | undefined): string {
  return (text ?? '')
    .replaceAll('%0A', '\n')
    .replaceAll('%0D', '\r')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}
