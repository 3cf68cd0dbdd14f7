import { messageOf } from './errors.ts';
import type { TaskEnd } from './events.ts';
import { assess } from './fresh/assess.ts';
import { type Course, recordOfBegun, recordOfDone, recordOfFailed } from './fresh/course.ts';
import { makeKeeper, tellOnce } from './fresh/keep.ts';
import { keyOf } from './fresh/key.ts';
import { removeEmpty } from './fresh/made.ts';
import { matchOutputs, missingOutputs, removeFiles } from './fresh/outputs.ts';
import type { Record } from './fresh/record.ts';
import type { Snapshot } from './fresh/snapshot.ts';
import type { Tracked } from './plan/track.ts';
import type { PlannedTask } from './plan.ts';
import { waitForWatcher } from './process/killed.ts';
import type { Session } from './session.ts';
import { shellQuote } from './text/shell/quote.ts';

/** A task that declares `inputs`, followed from the look before it runs to what the next run must know. */
export type Tracking = {
  readonly isFresh: boolean;
  /** Why it runs. */
  readonly because: readonly string[];
  /** Restores what an earlier run wrote, if the cache has it. */
  readonly restore: () => Promise<TaskEnd | undefined>;
  /** Whether the record says already that it has begun, as after a restore that failed: it no longer tells why the task runs. */
  readonly hasBegun: () => boolean;
  /** To be called just before the work: from here on a run that does not end is known to have left anything. */
  readonly begin: () => void;
  /** To be called when the work, and what follows it in any case, has ended. */
  readonly finish: (end: TaskEnd) => Promise<void>;
};

/** Looks whether a task must run. */
export async function track(
  session: Session,
  task: PlannedTask,
  tracked: Tracked,
  options: { readonly force: boolean },
): Promise<Tracking> {
  const assessment = await assess(session, task, tracked, { mayStart: true });
  const { record, unread } = assessment;
  if (record?.state === 'begun') {
    const { host, root, cancel } = session;
    await waitForWatcher(host, { root, run: record.run, signal: cancel.signal });
  }
  const isFresh = assessment.isFresh && !options.force;
  if (assessment.matchesNothing) tellOnce(session, `the \`inputs\` of task \`${task.name}\` match no file`);
  const keep = makeKeeper(session, task, { isFresh, unread });
  if (isFresh && assessment.refreshed !== undefined) keep(assessment.refreshed);
  const course: Keeping = { session, task, tracked, assessment, keep, begun: undefined };
  return {
    isFresh,
    because: assessment.isFresh ? ['`--force` was given'] : assessment.because,
    restore: () => (options.force ? Promise.resolve(undefined) : restore(course)),
    hasBegun: () => course.begun !== undefined,
    begin: () => {
      if (task.work.kind === 'script') session.table.watch();
      const begun = begin(course);
      if (!tracked.isIncremental) removeLeftovers(course, begun, () => false);
    },
    finish: (end) => finish(course, end),
  };
}

type Keeping = Course & { readonly keep: (record: Record) => void };

function begin(course: Keeping): Record {
  const begun = recordOfBegun(course);
  course.begun = begun;
  course.keep(begun);
  return begun;
}

/** Removes what an earlier run wrote and this one might not write again. What is an input too is no leftover. */
function removeLeftovers(
  { session, assessment }: Course,
  { outputs, odd, made }: Record,
  isKept: (path: string) => boolean,
): void {
  const inputs = new Set(assessment.inputs.snapshot.paths);
  const leftovers = outputs.paths.filter((path) => !inputs.has(path) && !isKept(path));
  removeFiles(session.root, leftovers, odd);
  removeEmpty(session.root, made);
}

/** Takes what an earlier run wrote out of the cache; undefined where there is nothing, or it cannot be had. */
async function restore(course: Keeping): Promise<TaskEnd | undefined> {
  const { session, task, tracked, assessment } = course;
  const mayRestore = tracked.usesCache && assessment.isComplete;
  const cache = mayRestore ? await session.cache.open() : undefined;
  const found = await cache?.find(
    keyOf(task.name, assessment.parts, assessment.inputs.snapshot),
    matchOutputs(tracked.outputs),
  );
  if (found === undefined) return undefined;
  try {
    using restored = found;
    const begun = begin(course);
    const isRestored = new Set(restored.paths);
    removeLeftovers(course, begun, (path) => isRestored.has(path));
    await restored.place();
    const { paths, folders } = restored;
    const known = { ...begun, elsewhere: [...begun.elsewhere, ...paths], bare: [...begun.bare, ...folders] };
    course.keep(await recordOfDone(course, known));
    return { state: 'done', from: restored.from };
  } catch (error) {
    // What was placed is the task's, and what somebody puts beside it from here on is not.
    if (course.begun !== undefined) course.keep(recordOfFailed(course, course.begun));
    if (session.cancel.signal.aborted) return undefined;
    tellOnce(session, `the cached outputs of task \`${task.name}\` cannot be restored: ${messageOf(error)}`);
    return undefined;
  }
}

async function finish(course: Keeping, end: TaskEnd): Promise<void> {
  const { session, task, tracked, assessment, begun, keep } = course;
  if (begun === undefined) return;
  if (end.state !== 'done') {
    keep(recordOfFailed(course, begun));
    return;
  }
  const record = await recordOfDone(course, begun);
  keep(record);
  const missing = missingOutputs(tracked.outputs, record);
  for (const name of missing) {
    const was = Object.hasOwn(record.stoodMs, name) ? foundEmpty(name) : '';
    session.emit({ type: 'notice-given', text: `task \`${task.name}\` did not write its output \`${name}\`${was}` });
  }
  const isWhole =
    record.state === 'done' && missing.length === 0 && leavesNothingOut(record, assessment.inputs.snapshot);
  const cache =
    isWhole && tracked.usesCache && record.outputs.paths.length > 0 ? await session.cache.open() : undefined;
  cache?.keep(task.name, keyOf(task.name, assessment.parts, assessment.inputs.snapshot), record);
}

/** Whether it had nothing to write, or wrote elsewhere, shows once it has to make the folder. */
function foundEmpty(folder: string): string {
  return `, which was there and empty before, so it runs each time; if the folder is to be empty, \`rmdir ${shellQuote(folder)}\` lets the task create it`;
}

/** Whether what a task has written is all that lies where its outputs belong, what the key stands for aside. */
function leavesNothingOut({ foreign }: Record, inputs: Snapshot): boolean {
  const isInput = new Set(inputs.paths);
  return foreign.paths.every((path) => isInput.has(path));
}
