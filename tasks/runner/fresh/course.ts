import { existsSync } from 'node:fs';
import type { Tracked } from '../plan/track.ts';
import type { PlannedTask } from '../plan.ts';
import { killTime } from '../process/killed.ts';
import type { Session } from '../session.ts';
import type { Assessment } from './assess.ts';
import { claimBare } from './bare.ts';
import { claimOutputs } from './claim.ts';
import { readFileClock } from './clock.ts';
import { changedParts } from './explain.ts';
import { compilePatterns, type Patterns } from './glob.ts';
import { lookAtInputs } from './inputs.ts';
import { claimFolders } from './made.ts';
import { changedMeanwhile } from './meanwhile.ts';
import { oddNamesOf } from './odd-names.ts';
import { findBehindLinks, findOutputs, stampAll } from './outputs.ts';
import { askParts } from './parts.ts';
import { type KilledMs, type Known, noRecord, type Record } from './record.ts';
import { noFiles, takeSnapshot } from './snapshot.ts';
import { placeOf } from './walk.ts';

/** A task between the look at it and its end. */
export type Course = {
  readonly session: Session;
  readonly task: PlannedTask;
  readonly tracked: Tracked;
  readonly assessment: Assessment;
  begun: Record | undefined;
};

/** What is known when the work begins; it stands until the end. */
export function recordOfBegun({ session, task, tracked, assessment, begun }: Course): Record {
  const { parts, inputs, record } = assessment;
  const { root } = session;
  const last = begun ?? record ?? noRecord;
  const killedMs = record !== undefined && last === record ? (killTime(root, record.run) ?? -Infinity) : Infinity;
  const { patterns, odd, claimed, folders, bare } = lookWhereOutputsLie(root, tracked, last, killedMs);
  const isOwned = new Set(claimed.owned);
  return {
    state: 'begun',
    parts,
    edited: [],
    moved: last.moved,
    inputs: inputs.snapshot,
    folders: inputs.folders,
    globs: inputs.globs,
    outputs: stampAll(root, claimed.owned, odd),
    foreign: stampAll(root, claimed.foreign, odd),
    touched: [...last.touched.filter((path) => !isOwned.has(path)), ...claimed.touched],
    elsewhere: leftElsewhere(root, last, patterns),
    odd,
    ...folders,
    ...bare,
    run: session.run,
    cell: cellOf(session, task),
  };
}

/** What the next run must know after a failure: what there is to be removed. */
export function recordOfFailed({ session, tracked }: Course, begun: Record): Record {
  const { root } = session;
  const { odd, claimed, folders, bare } = lookWhereOutputsLie(root, tracked, begun);
  const { owned, foreign, touched } = claimed;
  const [outputs, others] = [stampAll(root, owned, odd), stampAll(root, foreign, odd)];
  return { ...begun, state: 'failed', outputs, foreign: others, touched, odd, ...folders, stood: [], ...bare };
}

/** What the next run must know after a success: which files were there, and whether they stayed the same all the time. */
export async function recordOfDone({ session, task, tracked, assessment }: Course, begun: Record): Promise<Record> {
  const { root, host } = session;
  const fileClockMs = () => readFileClock(host, root);
  const asking = askParts(session, task, tracked, { mayStart: true, last: begun.parts });
  const after = await lookAtInputs(root, tracked, begun, fileClockMs);
  const { parts } = await asking;
  const { written, moved } = changedMeanwhile(
    begun,
    { inputs: after.snapshot, folders: after.folders },
    tracked.outputs,
  );
  const movedBefore = new Set(begun.moved);
  const edited = [...written, ...moved.filter((path) => !movedBefore.has(path)), ...changedParts(begun.parts, parts)];
  const { patterns, found, claimed, folders, bare } = lookWhereOutputsLie(root, tracked, begun);
  const behind = findBehindLinks(root, patterns, claimed.owned);
  const raw = new Map([...found.raw, ...behind.raw]);
  const looks = { root, fileClockMs, followsLinks: false };
  const outputs = await takeSnapshot({ ...found, paths: claimed.owned }, noFiles, looks);
  const others = { ...found, raw, paths: [...claimed.foreign, ...behind.paths] };
  const foreign = await takeSnapshot(others, noFiles, looks);
  return {
    state: edited.length > 0 || !assessment.isComplete ? 'edited' : 'done',
    parts: begun.parts,
    edited,
    moved,
    inputs: after.snapshot,
    folders: after.folders,
    globs: after.globs,
    outputs: outputs.snapshot,
    foreign: foreign.snapshot,
    touched: claimed.touched,
    elsewhere: begun.elsewhere.filter((path) => !patterns.includes(path)),
    odd: oddNamesOf(root, raw),
    made: folders.made,
    stood: [],
    ...bare,
    run: begun.run,
    cell: begun.cell,
  };
}

function cellOf({ config }: Session, { name }: PlannedTask): Record['cell'] {
  const cell = config.tasks[name]?.cell;
  return cell === undefined ? undefined : { name, of: cell.of };
}

/** What lies there, and whose it is by a record. */
function lookWhereOutputsLie(root: string, { outputs }: Tracked, known: Known, killedMs: KilledMs = Infinity) {
  const patterns = compilePatterns(outputs);
  const found = findOutputs(root, patterns);
  const odd = oddNamesOf(root, found.raw);
  return {
    patterns,
    found,
    odd,
    claimed: claimOutputs(found.paths, known, { root, odd, killedMs }),
    folders: claimFolders(found.folders, known, { root, patterns, killedMs }),
    bare: claimBare(outputs, found.paths, known, { root, killedMs }),
  };
}

/** What the task has written where its outputs do not lie now, but with another param, say. */
function leftElsewhere(
  root: string,
  last: Pick<Record, 'outputs' | 'elsewhere'>,
  patterns: Patterns,
): readonly string[] {
  return [...new Set([...last.elsewhere, ...last.outputs.paths])].filter(
    (path) => !patterns.includes(path) && existsSync(placeOf(root, path)),
  );
}
