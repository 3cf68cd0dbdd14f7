import { relative } from 'node:path';
import type { TaskEnd } from '../events.ts';
import type { PlannedTask } from '../plan.ts';
import type { Cancellation } from '../process/table.ts';
import type { Session } from '../session.ts';
import { runCommand } from '../shell.ts';
import { environmentOf } from './environment.ts';
import { cancelled, failed, failedCommand } from './outcome.ts';
import { makeRecorder, type Recorder } from './recorder.ts';
import { failedRequirements } from './requirements.ts';
import { withRetries } from './retry.ts';

const timeoutGraceMs = 5_000;
/** How long the last steps of an interrupted task may take. */
const lastStepsGraceMs = 60_000;

export type RunOptions = {
  readonly onHost: boolean;
  /** Run also what is up to date. */
  readonly force: boolean;
  /** Called when it is clear that the task is not up to date. */
  readonly onStart: () => void;
};

/** Runs one planned task, unless it is up to date. */
export async function runTask(session: Session, task: PlannedTask, options: RunOptions): Promise<TaskEnd> {
  if (task.skip !== undefined) return { state: 'skipped', reason: task.skip };
  if (task.tracked === undefined) {
    options.onStart();
    return await runChecked(session, task, options.onHost, () => undefined);
  }
  const { track } = await import('../fresh.ts');
  const tracking = await track(session, task, task.tracked, options);
  if (session.cancel.signal.aborted) return { state: 'cancelled', reason: 'interrupted' };
  if (tracking.isFresh) return { state: 'skipped', reason: 'up to date' };
  options.onStart();
  session.emit({ type: 'task-explained', task: task.name, because: tracking.because });
  const restored = await tracking.restore();
  if (restored !== undefined) return restored;
  if (session.cancel.signal.aborted) return { state: 'cancelled', reason: 'interrupted' };
  const end = await runChecked(session, task, options.onHost, tracking.begin);
  await tracking.finish(end);
  return end;
}

/** A task's required checks, its work, and its last steps however it ended. */
async function runChecked(session: Session, task: PlannedTask, onHost: boolean, onReady: () => void): Promise<TaskEnd> {
  const recorder = makeRecorder(session, task.name, session.config.messages);
  const unmet = await failedRequirements(session, task, recorder);
  if (unmet !== undefined) return unmet;
  onReady();
  const end = await withRetries(session, task, () => attempt(session, task, onHost));
  if (task.finally.length === 0) return end;
  return await runLastSteps({ session, task, onHost, recorder }, end).finally(recorder.end);
}

/** One try, bounded by the task's time-out. Each has a recorder of its own: only the last failure is explained. */
async function attempt(session: Session, task: PlannedTask, onHost: boolean): Promise<TaskEnd> {
  const recorder = makeRecorder(session, task.name, session.config.messages);
  if (task.timeoutMs === undefined)
    return doWork({ session, task, onHost, signal: session.cancel.signal, recorder }).finally(recorder.end);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(timedOut), task.timeoutMs);
  const signal = AbortSignal.any([session.cancel.signal, timeout.signal]);
  return await doWork({ session, task, onHost, signal, recorder }).finally(() => {
    clearTimeout(timer);
    recorder.end();
  });
}

/** The steps that run however the task ended. One that fails makes a task fail that had not failed already. */
async function runLastSteps(options: Omit<Options, 'signal'>, end: TaskEnd): Promise<TaskEnd> {
  const { session, task } = options;
  const bound = new AbortController();
  const isInterrupted = session.state.interruptedBy !== undefined;
  const timer = isInterrupted ? setTimeout(() => bound.abort(lastStepsTooLong), lastStepsGraceMs) : undefined;
  const signal = AbortSignal.any([session.stop.signal, bound.signal]);
  const last = await runSteps(task.finally, { ...options, task: withoutTerminal(task), signal, isLast: true });
  clearTimeout(timer);
  if (last.state !== 'failed' || session.stop.signal.aborted) return end;
  if (end.state === 'done' || end.state === 'skipped') return last;
  const text = `a last step of \`${task.name}\` failed too: ${last.failure.message}`;
  session.emit({ type: 'notice-given', text });
  return end;
}

function withoutTerminal(task: PlannedTask): PlannedTask {
  return { ...task, interactive: false, timeoutMs: lastStepsGraceMs };
}

const lastStepsTooLong: Cancellation = {
  because: 'timed-out',
  signal: 'SIGTERM',
  isDelivered: false,
  graceMs: timeoutGraceMs,
};

const timedOut: Cancellation = { because: 'timed-out', signal: 'SIGTERM', isDelivered: false, graceMs: timeoutGraceMs };

type Options = {
  readonly session: Session;
  readonly task: PlannedTask;
  readonly onHost: boolean;
  readonly signal: AbortSignal;
  readonly recorder: Recorder;
  /** A step that runs however the task ended: Ctrl-C is not for it. */
  readonly isLast?: boolean;
};

function doWork(options: Options): Promise<TaskEnd> {
  const { work } = options.task;
  switch (work.kind) {
    case 'script':
      return import('./script.ts').then(({ runScript }) => runScript(work.file, options));
    case 'run':
      return runSteps(work.commands, options);
    case 'none':
      return Promise.resolve({ state: 'done' });
    default:
      return work satisfies never;
  }
}

async function runSteps(commands: readonly string[], options: Options): Promise<TaskEnd> {
  const { task, signal, recorder } = options;
  for (const command of commands) {
    if (signal.aborted) return cancelled(signal, task.timeoutMs, recorder);
    recorder.onCommand(command);
    const end = await runStep(command, options);
    if (end.state !== 'done') return end;
  }
  return { state: 'done' };
}

async function runStep(
  command: string,
  { session, task, signal, recorder, isLast = false }: Options,
): Promise<TaskEnd> {
  const { host, table, root } = session;
  const inContainer =
    task.place.kind === 'container'
      ? await (await import('./container.ts')).containerCommand(session, task, task.place.image, command)
      : undefined;
  if (inContainer?.state === 'unavailable') return failed(inContainer, recorder);
  const words =
    inContainer === undefined ? ['/bin/sh', '-c', isLast ? deafToCtrlC(command) : command] : inContainer.command;
  const ended = await runCommand(table, words, {
    ...recorder,
    cwd: task.place.kind === 'container' ? root : task.cwd,
    env: environmentOf(session, task),
    signal,
    hasTerminal: task.interactive && host.stdoutIsTerminal,
    readsStdin: task.interactive,
    ...(inContainer === undefined ? {} : { cleanup: inContainer.cleanup }),
  });
  if (inContainer !== undefined && signal.aborted) await inContainer.remove();
  if (signal.aborted && ended.code !== 0) return cancelled(signal, task.timeoutMs, recorder);
  if (ended.code === 0) return { state: 'done' };
  const hasNoFolder = ended.problem === 'ENOENT' && inContainer === undefined;
  if (hasNoFolder)
    return failed(
      { message: `its folder \`${relative(root, task.cwd)}\` does not exist`, command, exit: 127 },
      recorder,
    );
  return failedCommand(command, ended, recorder);
}

/** On a terminal, Ctrl-C reaches all that runs there; what the shell ignores, its commands ignore too. */
function deafToCtrlC(command: string): string {
  return `trap '' INT\n${command}`;
}
