import type { Tracked } from '../plan/track.ts';
import type { PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';
import { readFileClock } from './clock.ts';
import { differingFiles, differingParts, shorten } from './explain.ts';
import { type InputLook, lookAtInputs } from './inputs.ts';
import { lookAtOutputs, matchOutputs, missingOutputs } from './outputs.ts';
import { askParts, type Part } from './parts.ts';
import { isRecord, type NoRecord, type Record, readRecord, recordFile } from './record.ts';
import { type Look, select } from './snapshot.ts';
import { kindIn, kinds } from './stamp.ts';

/** What is known of a task before it runs. */
export type Assessment = {
  readonly isFresh: boolean;
  /** Why it is not. */
  readonly because: readonly string[];
  readonly parts: readonly Part[];
  readonly inputs: InputLook;
  /** Whether all inputs could be read, so that they stand for what the command will see. */
  readonly isComplete: boolean;
  readonly record: Record | undefined;
  /** Why there is none that can be read, where there is one. */
  readonly unread: unknown;
  /** A record that says the same, but lets the next look read less. */
  readonly refreshed: Record | undefined;
  /** All globs together match nothing: likely a slip of the pen. */
  readonly matchesNothing: boolean;
};

export type AssessOptions = {
  /** Whether commands may be started to learn what they print; `--dry-run` starts none. */
  readonly mayStart: boolean;
  /** Inputs that something else is still to write: how they differ now says nothing. */
  readonly isUnsettled?: (path: string) => boolean;
};

/** Compares a task with what its last run has left. Only reads. */
export async function assess(
  session: Session,
  task: PlannedTask,
  tracked: Tracked,
  options: AssessOptions,
): Promise<Assessment> {
  const { host, root } = session;
  const read = readRecord(recordFile(root, task.name));
  const record = isRecord(read) ? read : undefined;
  const asking = askParts(session, task, tracked, { ...options, last: record?.parts ?? [] });
  const fileClockMs = () => (options.mayStart ? readFileClock(host, root) : host.dateMs());
  const look = await lookAtInputs(root, tracked, record, fileClockMs);
  const { parts, problems } = await asking;
  const unknown = [...problems, ...look.unreadable.map((path) => `${path} cannot be read`)];
  const outputs = record?.state === 'done' ? await lookAtOutputs(record, { root, fileClockMs }) : undefined;
  const because = isRecord(read)
    ? [...unknown, ...differences(read, { parts, inputs: look, outputs, tracked, ...options })]
    : [whyNone[read.state]];
  return {
    isFresh: because.length === 0,
    because: shorten(because),
    parts,
    inputs: look,
    isComplete: unknown.length === 0,
    record,
    unread: read.state === 'unread' ? read.problem : undefined,
    refreshed:
      record === undefined ||
      outputs === undefined ||
      (look.isKnown && outputs.outputs.isKnown && outputs.foreign.isKnown)
        ? undefined
        : {
            ...record,
            inputs: look.snapshot,
            folders: look.folders,
            globs: look.globs,
            outputs: outputs.outputs.snapshot,
            foreign: outputs.foreign.snapshot,
          },
    matchesNothing: look.snapshot.paths.length === 0 && tracked.inputs.length > 0,
  };
}

/** Whether a task has to run, whatever those that are still to come write. Starts nothing. */
export async function isOutOfDate(
  session: Session,
  task: PlannedTask,
  toCome: readonly PlannedTask[],
): Promise<boolean> {
  if (task.tracked === undefined) return true;
  const others = toCome.filter((other) => other !== task);
  const isUnsettled = matchOutputs(others.flatMap((other) => other.tracked?.outputs ?? []));
  return !(await assess(session, task, task.tracked, { mayStart: false, isUnsettled })).isFresh;
}

const whyNone: { readonly [State in NoRecord['state']]: string } = {
  none: 'it has not run here yet',
  damaged: 'the record of its last run in `.tasks` is damaged',
  unread: 'the record of its last run in `.tasks` cannot be read',
};

const lastRun: { readonly [State in Record['state']]: (record: Record) => readonly string[] } = {
  done: () => [],
  begun: () => ['its last run did not finish'],
  failed: () => ['its last run did not succeed'],
  edited: ({ edited }) =>
    edited.length === 0
      ? ['its last run had inputs that could not be read']
      : edited.map((path) => `${path} changed while it ran`),
};

type Now = {
  readonly parts: readonly Part[];
  readonly inputs: Look;
  readonly outputs: Awaited<ReturnType<typeof lookAtOutputs>> | undefined;
  readonly tracked: Tracked;
  readonly isUnsettled?: AssessOptions['isUnsettled'];
};

function differences(record: Record, { parts, inputs, outputs, tracked, isUnsettled }: Now): readonly string[] {
  return [
    ...lastRun[record.state](record),
    ...differingParts(record.parts, parts),
    ...(inputs.isSame ? [] : differingInputs(record, inputs, isUnsettled)),
    ...(outputs === undefined ? [] : differingOutputs(record, outputs, tracked)),
  ];
}

/** What is compared as an output is not told twice, and what could not be read then or cannot now is told by itself. */
function differingInputs(
  { inputs: last, outputs, foreign }: Record,
  { snapshot, unreadable }: Look,
  isUnsettled: (path: string) => boolean = () => false,
): readonly string[] {
  const wasUnread = last.paths.filter((_, row) => kindIn(last.stamps, row) === kinds.gone);
  const isTold = new Set([...outputs.paths, ...foreign.paths, ...wasUnread, ...unreadable]);
  const isInput = (path: string) => !isTold.has(path) && !isUnsettled(path);
  return differingFiles(select(last, isInput), select(snapshot, isInput));
}

function differingOutputs(record: Record, now: NonNullable<Now['outputs']>, { outputs }: Tracked): readonly string[] {
  const differing = [
    ...(now.outputs.isSame ? [] : differingFiles(record.outputs, now.outputs.snapshot)),
    ...(now.foreign.isSame ? [] : differingFiles(record.foreign, now.foreign.snapshot)),
  ];
  const missing = missingOutputs(outputs, record).map((path) => `${path} was not written`);
  const lost = now.lost.map((path) => `${path} is gone`);
  return [...missing, ...differing, ...lost].map((reason) => `output ${reason}`);
}
