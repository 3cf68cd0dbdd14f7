import { messageOf } from './errors.ts';
import type { TaskEnd } from './events.ts';
import { type Assessment, assess, lookAtInputs } from './fresh/assess.ts';
import { readFileClock } from './fresh/clock.ts';
import { compilePatterns } from './fresh/glob.ts';
import { changedMeanwhile } from './fresh/meanwhile.ts';
import { claimOutputs, findOutputs, missingOutputs, removeFiles, stampAll } from './fresh/outputs.ts';
import { type Record, recordFile, writeRecord } from './fresh/record.ts';
import { noFiles, type Snapshot, takeSnapshot } from './fresh/snapshot.ts';
import type { Tracked } from './plan/track.ts';
import type { PlannedTask } from './plan.ts';
import type { Session } from './session.ts';

/** A task that declares `inputs`, followed from the look before it runs to what the next run must know. */
export type Tracking = {
  readonly isFresh: boolean;
  /** Why it runs. */
  readonly because: readonly string[];
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
  let begun: Record | undefined;
  return {
    isFresh,
    because: assessment.isFresh ? ['`--force` was given'] : assessment.because,
    begin: () => {
      begun = beginRecord(session.root, tracked, assessment);
      keep(begun);
      if (!tracked.isIncremental) removeLeftovers(session.root, tracked, assessment.inputs, begun.outputs);
    },
    finish: async (end) => {
      if (begun !== undefined) keep(await endRecord({ session, task, tracked, assessment, begun, end }));
    },
  };
}

/** Keeps records; where that is not allowed, tasks only run more often. */
function makeKeeper({ host, root, emit }: Session, task: PlannedTask): (record: Record) => void {
  let hasFailed = false;
  return (record) => {
    try {
      writeRecord(recordFile(root, task.name), record, host.pid);
    } catch (error) {
      if (hasFailed) return;
      hasFailed = true;
      emit({ type: 'notice-given', text: `task \`${task.name}\` will run again: ${messageOf(error)}` });
    }
  };
}

function beginRecord(root: string, tracked: Tracked, { parts, inputs, record }: Assessment): Record {
  const found = findOutputs(root, compilePatterns(tracked.outputs));
  const last = record ?? { state: 'done', outputs: noFiles, foreign: noFiles };
  const claimed = claimOutputs(root, found, last);
  return {
    state: 'begun',
    parts,
    edited: [],
    inputs,
    outputs: stampAll(root, claimed.owned),
    foreign: stampAll(root, claimed.foreign),
  };
}

/** What an earlier run wrote and this one might not write again. What is an input too is no leftover. */
function removeLeftovers(root: string, _tracked: Tracked, inputs: Snapshot, outputs: Snapshot): void {
  const isInput = new Set(inputs.paths);
  removeFiles(
    root,
    outputs.paths.filter((path) => !isInput.has(path)),
  );
}

type Ended = {
  readonly session: Session;
  readonly task: PlannedTask;
  readonly tracked: Tracked;
  readonly assessment: Assessment;
  readonly begun: Record;
  readonly end: TaskEnd;
};

async function endRecord({ session, task, tracked, assessment, begun, end }: Ended): Promise<Record> {
  const { root, host, emit } = session;
  const clockNs = () => readFileClock(host, root);
  const found = findOutputs(root, compilePatterns(tracked.outputs));
  const claimed = claimOutputs(root, found, begun);
  if (end.state !== 'done') return { ...begun, state: 'failed', outputs: stampAll(root, claimed.owned) };
  const after = await lookAtInputs(root, tracked, begun, clockNs);
  const edited = changedMeanwhile(begun.inputs, after.snapshot, tracked.outputs);
  const looks = { root, clockNs, followsLinks: false };
  const outputs = await takeSnapshot({ ...found, paths: claimed.owned }, noFiles, looks);
  const foreign = await takeSnapshot({ ...found, paths: claimed.foreign }, noFiles, looks);
  for (const name of missingOutputs(tracked.outputs, found.paths))
    emit({ type: 'notice-given', text: `task \`${task.name}\` did not write its output \`${name}\`` });
  return {
    state: edited.length > 0 || !assessment.isComplete ? 'edited' : 'done',
    parts: begun.parts,
    edited,
    inputs: after.snapshot,
    outputs: outputs.snapshot,
    foreign: foreign.snapshot,
  };
}
