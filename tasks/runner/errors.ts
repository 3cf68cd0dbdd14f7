import { constants } from 'node:os';

/** Why a run ended, as the last line of `--output=json` says it. */
export type Reason = 'ok' | 'task' | 'usage' | 'config' | 'machine' | 'bug' | 'interrupted';

/** The one table of exit codes; a failed task's own code passes through unchanged. */
export const exitCodes = { ok: 0, task: 1, usage: 2, config: 3, machine: 4, bug: 70, timedOut: 124 } as const;

/** One thing the user can mend, with the place where it stands, if it has one. */
export type Problem = {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place?: Place;
};

/** Characters of a file, to be pointed at. Line and column count from 1. */
export type Place = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The whole line, and how many of its characters are meant. */
  readonly text: string;
  readonly length: number;
};

/** What the user can mend: printed as sentences, never as a stack. */
export class UserError extends Error {
  readonly problems: readonly Problem[];
  readonly reason: 'usage' | 'config' | 'machine';
  constructor(reason: UserError['reason'], problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.name = 'UserError';
    this.reason = reason;
    this.problems = problems;
  }
}

/** A wrong command line: one sentence, perhaps a hint, exit code 2. */
export function usageError(message: string, hint?: string): UserError {
  return new UserError('usage', [{ message, hint }]);
}

/** `, did you mean `build`?`, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const nearest = closest(word, candidates);
  return nearest === undefined ? '' : `, did you mean \`${nearest}\`?`;
}

/** Nobody misspells a longer one, and to compare two of them takes the product of their lengths. */
const longestName = 200;

/** The candidate that is nearest to a word; undefined when none is near. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = word.length <= 3 ? 1 : word.length <= 7 ? 2 : 3;
  let best: { readonly name: string; readonly distance: number } | undefined;
  if (word.length > longestName) return undefined;
  for (const name of candidates) {
    if (Math.abs(name.length - word.length) > limit) continue;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance <= limit && distance < name.length && distance < (best?.distance ?? Infinity)) {
      best = { name, distance };
    }
  }
  return best?.name;
}

/** Names in backticks, separated by commas. */
export function listed(names: Iterable<string>): string {
  return [...names].map((name) => `\`${name}\``).join(', ');
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const words = wordsOfUnnamed[errnoOf(thrown) ?? ''];
  return words === undefined ? thrown.message : thrown.message.replace(/^.*?: .*?, /, `${errnoOf(thrown)}: ${words}, `);
}

/** What the system calls an error. Node has no name for some, and says only that they are unknown, and their number. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  // In an error of a project's own code both may be anything.
  const { code, errno } = thrown as { readonly code?: unknown; readonly errno?: unknown };
  if (typeof code !== 'string') return undefined;
  if (typeof errno !== 'number' || code.startsWith('E')) return code;
  return (
    Object.keys(wordsOfUnnamed).find((name) => constants.errno[name as keyof typeof constants.errno] === -errno) ?? code
  );
}

const wordsOfUnnamed: Readonly<Record<string, string>> = {
  EDQUOT: 'disk quota exceeded',
  ESTALE: 'stale file handle',
};

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
