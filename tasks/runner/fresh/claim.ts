import type { OddNames } from './odd-names.ts';
import { stampAll } from './outputs.ts';
import type { KilledMs, Known } from './record.ts';
import { makeFinder, type Snapshot } from './snapshot.ts';
import { changedAt, wasWritten } from './stamp.ts';

/** The files where a task's outputs belong: those that it wrote, and those that somebody else did. */
export type Claimed = {
  readonly owned: readonly string[];
  readonly foreign: readonly string[];
  /** Of the foreign ones those that were written while the task ran, by it or by somebody at the same time. */
  readonly touched: readonly string[];
};

type Options = {
  readonly root: string;
  readonly odd: OddNames;
  readonly killedMs: KilledMs;
};

/**
 * Who wrote the files that now lie where outputs belong. What the record names is the task's, and so is what has appeared since
 * it began. What lay there before is somebody else's, and never removed, until two runs in a row have written it: one alone may
 * have met with an edit. Of a task that formats files in place, the inputs that it has written are its own at once.
 */
export function claimOutputs(found: readonly string[], record: Known, { root, odd, killedMs }: Options): Claimed {
  const recorded = new Set([...record.outputs.paths, ...record.elsewhere]);
  const isRunning = record.state === 'begun';
  const unknown = found.filter((path) => !recorded.has(path));
  const now = isRunning ? stampAll(root, unknown, odd) : undefined;
  const inputs = new Set(record.inputs.paths);
  const before = new Set(record.touched);
  const rowOf = makeFinder(record.foreign);
  const touched: string[] = [];
  const foreign: string[] = [];
  for (const [row, path] of unknown.entries()) {
    const old = rowOf(row, path);
    const isOwned =
      now !== undefined && changedAt(now.stamps, row) <= killedMs && (old === undefined || isWritten(old, now, row));
    if (!isOwned) foreign.push(path);
  }
  const isForeign = new Set(foreign);
  return { owned: found.filter((path) => !isForeign.has(path)), foreign, touched };

  function isWritten(old: number, stamps: Snapshot, row: number): boolean {
    const path = unknown[row] ?? '';
    if (!wasWritten(record.foreign.stamps, old, stamps.stamps, row)) return false;
    if (inputs.has(path) || before.has(path)) return true;
    touched.push(path);
    return false;
  }
}
