import { exitCodes, messageOf } from '../errors.ts';
import type { Failure, TaskEnd } from '../events.ts';
import { exitOfSignal } from '../host.ts';
import { machineProblem, remedyOfStart } from '../machine-problem.ts';
import { type Cancellation, cancellationOf } from '../process/cancellation.ts';
import type { Ended } from '../process/output.ts';
import { durationInWords } from '../text/words.ts';
import type { Recorder } from './recorder.ts';

/** The exit code that a shell would give: 128+n for a signal, 127 for what could not be started. */
export function exitOf(ended: Ended): number {
  if (ended.problem !== undefined) return 127;
  if (ended.code !== null) return ended.code;
  return ended.signal === null ? 127 : exitOfSignal(ended.signal);
}

/** The same in words. `folder` is where a shell was to start: one is always there, so where none starts it is the folder. */
export function howItEnded(ended: Ended, folder?: string): string {
  const { problem, signal } = ended;
  if (problem === undefined) return signal === null ? `exit code ${exitOf(ended)}` : `killed by ${signal}`;
  const ofFolder = folder === undefined ? undefined : ofFolders[problem];
  return ofFolder === undefined ? `could not be started: ${problem}` : `its folder \`${folder}\` ${ofFolder}`;
}

const ofFolders: Readonly<Record<string, string>> = {
  EACCES: 'may not be entered by this user',
  ENOENT: 'does not exist',
  ENOTDIR: 'is no folder',
};

type FailedCommand = {
  readonly command: string;
  readonly ended: Ended;
  readonly folder?: string | undefined;
  readonly remedy?: string;
};

/** How a command that did not succeed is told. */
export function failedCommand(
  { command, ended, folder, ...more }: FailedCommand,
  recorder: Pick<Recorder, 'lastLines' | 'known'>,
): TaskEnd {
  const exit = exitOf(ended);
  const remedy = remedyOfStart(ended.problem ?? '');
  return failed({ message: howItEnded(ended, folder), command, exit, remedy, ...more }, recorder);
}

/** A task that was cancelled: a time-out is its own failure, all else is not. */
export function cancelled(signal: AbortSignal, timeoutMs: number | undefined, recorder: Recorder): TaskEnd {
  if (cancellationOf(signal).because !== 'timed-out') return stopped(signal);
  return failed({ message: `timed out after ${durationInWords(timeoutMs ?? 0)}`, exit: exitCodes.timedOut }, recorder);
}

/** A task that was stopped from outside. */
export function stopped(signal: AbortSignal): TaskEnd {
  return { state: 'cancelled', reason: reasons[cancellationOf(signal).because] };
}

const reasons = {
  'timed-out': 'its time was over',
  interrupted: 'interrupted',
  'no-longer-needed': 'nothing needs it any more',
  'another-failed': 'another task failed',
  outdated: 'it is started again',
} as const satisfies Record<Cancellation['because'], string>;

type Told = Pick<Failure, 'message' | 'exit'> & Partial<Pick<Failure, 'command' | 'remedy' | 'checks' | 'reason'>>;

/** A failure with what the output says about it, if there was any. */
export function failed(told: Told, recorder?: Pick<Recorder, 'lastLines' | 'known'>): TaskEnd {
  const [lastLines, known] = [recorder?.lastLines() ?? [], recorder?.known() ?? []];
  return { state: 'failed', failure: { checks: [], reason: 'task', ...told, lastLines, known } };
}

/** What the system would not do for a task makes it fail. Anything else that is thrown is no task's. */
export function refusedBySystem(thrown: unknown): TaskEnd {
  const problem = machineProblem(thrown);
  if (problem === undefined) throw thrown;
  return failed({ message: problem.message, exit: exitCodes.machine, reason: 'machine', remedy: problem.hint });
}

/** What a script threw, where it is a `TaskFailure`: compared by name, since a project may load its own copy of the class. */
export function readTaskFailure(thrown: unknown): Told | undefined {
  if (!(thrown instanceof Error) || thrown.name !== 'TaskFailure') return undefined;
  const { exitCode, remedy } = thrown as Error & { exitCode?: unknown; remedy?: unknown };
  const exit = typeof exitCode === 'number' && exitCode !== 0 ? exitCode : exitCodes.task;
  return {
    message: thrown.message,
    exit,
    reason: exit === exitCodes.machine ? 'machine' : 'task',
    remedy: typeof remedy === 'string' ? remedy : undefined,
  };
}

/** The stack of an unexpected error. */
export function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown);
}
