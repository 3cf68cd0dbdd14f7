import { dirname } from 'node:path';
import { exitCodes } from '../errors.ts';
import type { Failure, TaskEnd } from '../events.ts';
import { isErrno } from '../host.ts';
import { machineProblem } from '../machine-problem.ts';
import { askToEnd } from '../process/cancellation.ts';
import { shellQuote } from '../text/shell/quote.ts';
import { runLastSteps } from './last-steps.ts';
import { failed, stopped } from './outcome.ts';
import { makeRecorder } from './recorder.ts';
import { failedRequirements } from './requirements.ts';
import { withRetries } from './retry.ts';
import { runSteps, type StepOptions, type TaskOptions } from './steps.ts';

export type RunOptions = TaskOptions & {
  /** Run also what is up to date. */
  readonly force: boolean;
  /** Whether all that it needs is there. If not, it is only looked at. */
  readonly mayRun: boolean;
  /** Why it runs, from an earlier look after which nothing tells that any more. */
  readonly because: readonly string[] | undefined;
  /** Called when it is clear that the task is not up to date. */
  readonly onStart: () => void;
};

/** A task has to run, for which services that it needs must start first. */
export type NeedsServices = {
  readonly state: 'needs-services';
  /** For the next look. */
  readonly because: readonly string[] | undefined;
};

/** Runs one planned task, unless it is up to date. */
export async function runTask(options: RunOptions): Promise<TaskEnd | NeedsServices> {
  const { session, task, signal, mayRun, onStart } = options;
  if (task.tracked === undefined) {
    onStart();
    return await runChecked(options, () => undefined);
  }
  const { track } = await import('../fresh.ts');
  const tracking = await track(session, task, task.tracked, options);
  if (signal.aborted) return stopped(signal);
  if (tracking.isFresh) return { state: 'skipped', reason: 'up to date' };
  const because = options.because ?? tracking.because;
  const tellStart = (): void => {
    onStart();
    session.emit({ type: 'task-explained', task: task.name, because });
  };
  if (mayRun) tellStart();
  const restored = await tracking.restore();
  if (restored !== undefined && !mayRun) tellStart();
  if (restored !== undefined) return restored;
  if (signal.aborted) return stopped(signal);
  if (!mayRun) return { state: 'needs-services', because: tracking.hasBegun() ? because : undefined };
  const end = await runChecked(options, tracking.begin);
  await tracking.finish(end);
  return end;
}

/** A task's required checks, its work, and its last steps however it ended. */
async function runChecked(options: TaskOptions, onReady: () => void): Promise<TaskEnd> {
  const { session, task } = options;
  const recorder = makeRecorder(session, task.name);
  const unmet = await failedRequirements(session, task, recorder);
  if (unmet !== undefined) return unmet;
  const refusal = whatForbids(onReady);
  if (refusal !== undefined) return failed({ ...refusal, exit: exitCodes.task }, recorder);
  const end = await withRetries(options, () => attempt(options));
  return await runLastSteps({ ...options, recorder }, end).finally(recorder.end);
}

/** What an earlier run has written may now be somebody else's: a container's, or that of a run as root. */
function whatForbids(prepare: () => void): Pick<Failure, 'message' | 'remedy'> | undefined {
  try {
    prepare();
    return undefined;
  } catch (error) {
    const problem = machineProblem(error);
    if (problem === undefined) throw error;
    const { path = '.' } = error as NodeJS.ErrnoException;
    const isForbidden = isErrno(error, 'EACCES', 'EPERM', 'EROFS');
    return {
      message: `the outputs of its last run cannot be removed: ${problem.message}`,
      remedy: isForbidden
        ? `make it yours (\`sudo chown -R "$(id -un)" ${shellQuote(dirname(path))}\`), or remove it`
        : problem.hint,
    };
  }
}

/** One try, bounded by the task's time-out. Each has a recorder of its own: only the last failure is explained. */
async function attempt(options: TaskOptions): Promise<TaskEnd> {
  const { session, task } = options;
  const recorder = makeRecorder(session, task.name);
  if (task.timeoutMs === undefined) return doWork({ ...options, recorder }).finally(recorder.end);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(askToEnd('timed-out')), task.timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout.signal]);
  return await doWork({ ...options, signal, recorder }).finally(() => {
    clearTimeout(timer);
    recorder.end();
  });
}

function doWork(options: StepOptions): Promise<TaskEnd> {
  const { work } = options.task;
  switch (work.kind) {
    case 'script':
      return import('./script.ts').then(({ runScript }) => runScript(work.file, options));
    case 'run':
      return runSteps(work.commands, options);
    case 'none':
    case 'service':
      return Promise.resolve({ state: 'done' });
    default:
      return work satisfies never;
  }
}
