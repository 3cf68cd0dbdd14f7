import { isRecord, readRecord, recordFile } from '../fresh/record.ts';
import type { PlannedTask } from '../plan.ts';
import { digestOfText } from '../text/digest.ts';

/** Tells which tasks another run of the checkout has done: they are up to date here, but what needs them has seen nothing of it. */
export type Elsewhere = {
  /** A run of the watch begins. */
  readonly begin: (planned: readonly PlannedTask[]) => void;
  /** A task has come to a good end, or was up to date. */
  readonly hear: (task: string, wasUpToDate: boolean) => void;
  /** Whether one that was up to date in this run has been done by somebody else since its turn before. */
  readonly hasDone: (task: string) => boolean;
};

/** Makes it for the tasks of a checkout. */
export function makeElsewhere(root: string): Elsewhere {
  const seen = new Map<string, string>();
  let asked: ReadonlySet<string> = new Set();
  let done = new Set<string>();
  return {
    begin: (planned) => {
      asked = neededBySomeWithoutInputs(planned);
      done = new Set();
    },
    hear: (task, wasUpToDate) => {
      if (!asked.has(task)) return;
      const now = lastDone(root, task);
      const before = seen.get(task);
      if (wasUpToDate && before !== undefined && before !== now) done.add(task);
      seen.set(task, now);
    },
    hasDone: (task) => done.has(task),
  };
}

/** What has inputs compares contents by itself. */
function neededBySomeWithoutInputs(planned: readonly PlannedTask[]): ReadonlySet<string> {
  const needed = new Set(planned.filter(({ tracked }) => tracked === undefined).flatMap(({ needs }) => needs));
  return new Set(planned.flatMap(({ name, tracked }) => (tracked !== undefined && needed.has(name) ? [name] : [])));
}

/** Differs after each run that did the task, except for two of one watch that have written the same. */
function lastDone(root: string, task: string): string {
  const record = readRecord(recordFile(root, task));
  if (!isRecord(record)) return '';
  const { run, outputs } = record;
  return `${run} ${digestOfText(`${outputs.paths.join('\n')}\n${outputs.digests.toString('hex')}`)}`;
}
