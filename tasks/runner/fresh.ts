import { existsSync } from 'node:fs';
import { keyOf } from './cache/key.ts';
import { messageOf } from './errors.ts';
import type { TaskEnd } from './events.ts';
import { type Assessment, assess } from './fresh/assess.ts';
import { claimOutputs } from './fresh/claim.ts';
import { readFileClock } from './fresh/clock.ts';
import { changedParts } from './fresh/explain.ts';
import { compilePatterns, type Patterns } from './fresh/glob.ts';
import { lookAtInputs } from './fresh/inputs.ts';
import { changedMeanwhile } from './fresh/meanwhile.ts';
import { oddNamesOf } from './fresh/odd-names.ts';
import { findOutputs, matchOutputs, missingOutputs, removeFiles, stampAll } from './fresh/outputs.ts';
import { askParts } from './fresh/parts.ts';
import { noRecord, type Record, recordFile, writeRecord } from './fresh/record.ts';
import { noFiles, type Snapshot, takeSnapshot } from './fresh/snapshot.ts';
import { placeOf } from './fresh/walk.ts';
import type { Tracked } from './plan/track.ts';
import type { PlannedTask } from './plan.ts';
import { killTime } from './process/killed.ts';
import type { Session } from './session.ts';

/** A task that declares `inputs`, followed from the look before it runs to what the next run must know. */
export type Tracking = {
  readonly isFresh: boolean;
  /** Why it runs. */
  readonly because: readonly string[];
  /** Restores what an earlier run wrote, if the cache has it. */
  readonly restore: () => Promise<TaskEnd | undefined>;
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
  if (assessment.matchesNothing)
    session.emit({ type: 'notice-given', text: `the \`inputs\` of task \`${task.name}\` match no file` });
  const keep = makeKeeper(session, task);
  const isFresh = assessment.isFresh && !options.force;
  if (isFresh && assessment.refreshed !== undefined) keep(assessment.refreshed);
  const course: Course = { session, task, tracked, assessment, keep, begun: undefined };
  return {
    isFresh,
    because: assessment.isFresh ? ['`--force` was given'] : assessment.because,
    restore: () => (options.force ? Promise.resolve(undefined) : restore(course)),
    begin: () => {
      const begun = begin(course);
      if (!tracked.isIncremental) removeFiles(session.root, leftovers(course, begun), begun.odd);
    },
    finish: (end) => finish(course, end),
  };
}

/** A task between the look at it and its end. */
type Course = {
  readonly session: Session;
  readonly task: PlannedTask;
  readonly tracked: Tracked;
  readonly assessment: Assessment;
  readonly keep: (record: Record) => void;
  begun: Record | undefined;
};

function begin(course: Course): Record {
  const { session, tracked, assessment, keep } = course;
  const { parts, inputs, record } = assessment;
  const { root } = session;
  const patterns = compilePatterns(tracked.outputs);
  const found = findOutputs(root, patterns);
  const odd = oddNamesOf(root, found.raw);
  const last = course.begun ?? record ?? noRecord;
  const killedNs = last === record ? killTime(root, recordFile(root, course.task.name)) : undefined;
  const claimed = claimOutputs(found.paths, last, { root, odd, killedNs });
  const isOwned = new Set(claimed.owned);
  const begun: Record = {
    state: 'begun',
    parts,
    edited: [],
    inputs: inputs.snapshot,
    folders: inputs.folders,
    globs: inputs.globs,
    outputs: stampAll(root, claimed.owned, odd),
    foreign: stampAll(root, claimed.foreign, odd),
    touched: [...last.touched.filter((path) => !isOwned.has(path)), ...claimed.touched],
    elsewhere: leftElsewhere(root, last, patterns),
    odd,
  };
  course.begun = begun;
  keep(begun);
  return begun;
}

/** What the task has written where its outputs do not lie now, but with another param, say. */
function leftElsewhere(
  root: string,
  last: Pick<Record, 'outputs' | 'elsewhere'>,
  patterns: Patterns,
): readonly string[] {
  const others = last.outputs.paths.filter((path) => !patterns.includes(path));
  return [...new Set([...last.elsewhere, ...others])].filter(
    (path) => !patterns.includes(path) && existsSync(placeOf(root, path)),
  );
}

/** What an earlier run wrote and this one might not write again. What is an input too is no leftover. */
function leftovers({ assessment }: Course, { outputs }: Record): readonly string[] {
  const inputs = new Set(assessment.inputs.snapshot.paths);
  return outputs.paths.filter((path) => !inputs.has(path));
}

/** Takes what an earlier run wrote out of the cache; undefined where there is nothing, or it cannot be had. */
async function restore(course: Course): Promise<TaskEnd | undefined> {
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
    removeFiles(
      session.root,
      leftovers(course, begun).filter((path) => !isRestored.has(path)),
      begun.odd,
    );
    restored.place();
    course.keep(await recordOf(course, { ...begun, elsewhere: [...begun.elsewhere, ...restored.paths] }));
    return { state: 'done', from: restored.from };
  } catch (error) {
    const text = `what the cache has for task \`${task.name}\` cannot be restored: ${messageOf(error)}`;
    session.emit({ type: 'notice-given', text });
    return undefined;
  }
}

async function finish(course: Course, end: TaskEnd): Promise<void> {
  const { session, task, tracked, assessment, begun, keep } = course;
  const { root } = session;
  if (begun === undefined) return;
  if (end.state !== 'done') {
    const found = findOutputs(root, compilePatterns(tracked.outputs));
    const odd = oddNamesOf(root, found.raw);
    const { owned, foreign, touched } = claimOutputs(found.paths, begun, { root, odd });
    const [outputs, others] = [stampAll(root, owned, odd), stampAll(root, foreign, odd)];
    keep({ ...begun, state: 'failed', outputs, foreign: others, touched, odd });
    return;
  }
  const record = await recordOf(course, begun);
  keep(record);
  const missing = missingOutputs(tracked.outputs, [...record.outputs.paths, ...record.foreign.paths]);
  for (const name of missing)
    session.emit({ type: 'notice-given', text: `task \`${task.name}\` did not write its output \`${name}\`` });
  const isWhole =
    record.state === 'done' && missing.length === 0 && leavesNothingOut(record, assessment.inputs.snapshot);
  const cache =
    isWhole && tracked.usesCache && record.outputs.paths.length > 0 ? await session.cache.open() : undefined;
  cache?.keep(task.name, keyOf(task.name, assessment.parts, assessment.inputs.snapshot), record.outputs);
}

/** Whether what a task has written is all that lies where its outputs belong, what the key stands for aside. */
function leavesNothingOut({ foreign }: Record, inputs: Snapshot): boolean {
  const isInput = new Set(inputs.paths);
  return foreign.paths.every((path) => isInput.has(path));
}

/** Keeps records; where that is not allowed, tasks only run more often. */
function makeKeeper({ root, emit }: Session, task: PlannedTask): (record: Record) => void {
  let hasFailed = false;
  return (record) => {
    try {
      writeRecord(recordFile(root, task.name), record);
    } catch (error) {
      if (hasFailed) return;
      hasFailed = true;
      emit({ type: 'notice-given', text: `task \`${task.name}\` will run again: ${messageOf(error)}` });
    }
  };
}

/** What the next run must know after a success: which files were there, and whether they stayed the same all the time. */
async function recordOf({ session, task, tracked, assessment }: Course, begun: Record): Promise<Record> {
  const { root, host } = session;
  const clockNs = () => readFileClock(host, root);
  const after = await lookAtInputs(root, tracked, begun, clockNs);
  const { parts } = await askParts(session, task, tracked, { mayStart: true, last: begun.parts });
  const edited = [
    ...changedMeanwhile(begun, { inputs: after.snapshot, folders: after.folders }, tracked.outputs),
    ...changedParts(begun.parts, parts),
  ];
  const patterns = compilePatterns(tracked.outputs);
  const found = findOutputs(root, patterns);
  const odd = oddNamesOf(root, found.raw);
  const claimed = claimOutputs(found.paths, begun, { root, odd });
  const looks = { root, clockNs, followsLinks: false };
  const outputs = await takeSnapshot({ ...found, paths: claimed.owned }, noFiles, looks);
  const foreign = await takeSnapshot({ ...found, paths: claimed.foreign }, noFiles, looks);
  return {
    state: edited.length > 0 || !assessment.isComplete ? 'edited' : 'done',
    parts: begun.parts,
    edited,
    inputs: after.snapshot,
    folders: after.folders,
    globs: after.globs,
    outputs: outputs.snapshot,
    foreign: foreign.snapshot,
    touched: claimed.touched,
    elsewhere: begun.elsewhere.filter((path) => !patterns.includes(path)),
    odd,
  };
}
