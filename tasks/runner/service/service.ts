import { relative } from 'node:path';
import { exitCodes } from '../errors.ts';
import type { Holder, TaskEnd } from '../events.ts';
import { runLastSteps } from '../execute/last-steps.ts';
import { cancelled, exitOf, failed, howItEnded } from '../execute/outcome.ts';
import { makeRecorder, type Recorder } from '../execute/recorder.ts';
import { failedRequirements } from '../execute/requirements.ts';
import { withRetries } from '../execute/retry.ts';
import type { TaskOptions } from '../execute/steps.ts';
import { noLongerNeeded } from '../execute/up.ts';
import type { PlannedService, PlannedTask } from '../plan.ts';
import { makeRunner } from '../process/capture.ts';
import type { Ended } from '../process/output.ts';
import { durationInWords } from '../text/words.ts';
import { makeEar } from './ear.ts';
import { untilReady } from './ready.ts';
import { type Started, startCommand } from './start.ts';
import { type Known, whoAnswers } from './taken.ts';

/** A service that is ready. */
export type Service = {
  readonly state: 'ready';
  readonly task: PlannedTask;
  /** The run to which it belongs, where that is not ours. */
  readonly lentBy?: Holder;
  /** How it ended: done when it was stopped, failed when it ended by itself. */
  readonly ended: Promise<TaskEnd>;
  /** Asks it to end, and makes it end after a while. */
  readonly stop: () => void;
};

export type ServiceOptions = TaskOptions & {
  readonly work: PlannedService;
  /** Whether somebody else than the caller needs it now. */
  readonly isNeeded: () => boolean;
};

/** Starts a service and waits until it is ready; otherwise says how it failed, and it no longer runs. */
export async function startService(options: ServiceOptions): Promise<Service | TaskEnd> {
  const { session, task } = options;
  const recorder = makeRecorder(session, task.name);
  const unmet = await failedRequirements(session, task, recorder);
  if (unmet !== undefined) return unmet;
  const result = await withRetries(options, () => attempt(options));
  const withLastSteps = (end: TaskEnd): Promise<TaskEnd> =>
    runLastSteps({ ...options, recorder }, end).finally(recorder.end);
  if (result.state !== 'ready') return await withLastSteps(result);
  return { ...result, ended: result.ended.then(withLastSteps) };
}

/** One try, while which the service is known to the others of the run. */
async function attempt(options: ServiceOptions): Promise<Service | TaskEnd> {
  const { session, task, work } = options;
  const self: Known = { task: task.name, signs: work.signs, isReady: false };
  const forget = (): boolean => session.services.delete(self);
  session.services.add(self);
  const result = await attemptAs(self, options);
  if (result.state === 'ready') void result.ended.then(forget);
  else forget();
  return result;
}

async function attemptAs(self: Known, options: ServiceOptions): Promise<Service | TaskEnd> {
  const { session, task, work, signal } = options;
  const ear = makeEar(
    makeRecorder(session, task.name),
    work.signs.flatMap(({ kind, value }) => (kind === 'log' ? [value] : [])),
  );
  const other = await whoAnswers({ session, self, signal });
  if (other !== undefined) return failed({ ...other, command: work.command, exit: exitCodes.task }, ear.recorder);
  if (signal.aborted) return cancelled(signal, undefined, ear.recorder);
  const started = startCommand(options, ear.recorder);
  const verdict = await firstVerdict(options, started, ear.hasSaid);
  if (verdict === 'ready') {
    self.isReady = true;
    return running(options, started, ear.recorder);
  }
  started.stop();
  const how = await started.ended;
  switch (verdict.why) {
    case 'cancelled':
      return cancelled(signal, undefined, ear.recorder);
    case 'ended':
      return failedAs(options, 'ended before it was ready', how, ear.recorder);
    case 'not-ready': {
      const within = durationInWords(work.withinMs);
      return failure(options, `not ready within ${within}: ${verdict.problem}`, 1, ear.recorder);
    }
    default:
      return verdict satisfies never;
  }
}

type Verdict =
  | 'ready'
  | { readonly why: 'not-ready'; readonly problem: string }
  | { readonly why: 'ended' }
  | { readonly why: 'cancelled' };

async function firstVerdict(
  { session, task, work, signal }: ServiceOptions,
  { ended }: Started,
  hasSaid: (pattern: string) => boolean,
): Promise<Verdict> {
  const { host, table, engine } = session;
  const looking = new AbortController();
  const run = makeRunner({ host, table, cwd: task.cwd, signal: () => looking.signal });
  const isReady = untilReady(work, { host, run, engine, hasSaid, signal: looking.signal });
  const isCancelled = new Promise<Verdict>((resolve) => {
    const cancel = (): void => resolve({ why: 'cancelled' });
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true, signal: looking.signal });
  });
  const verdict = await Promise.race<Verdict>([
    ended.then(() => ({ why: 'ended' })),
    isReady.then((problem) => (problem === undefined ? 'ready' : { why: 'not-ready', problem })),
    isCancelled,
  ]);
  looking.abort(noLongerNeeded);
  return verdict;
}

function running(options: ServiceOptions, { ended, stop, wasStopped }: Started, recorder: Recorder): Service {
  const end = ended.then((how): TaskEnd => {
    const mayEnd = options.work.isKept && how.code === 0 && !options.isNeeded();
    return wasStopped() || mayEnd ? { state: 'done' } : failedAs(options, 'ended by itself', how, recorder);
  });
  return { state: 'ready', task: options.task, stop, ended: end };
}

function failedAs(options: ServiceOptions, what: string, how: Ended, recorder: Recorder): TaskEnd {
  const folder = relative(options.session.root, options.task.cwd);
  return failure(options, `${what}: ${howItEnded(how, folder)}`, exitOf(how), recorder);
}

function failure({ work }: ServiceOptions, message: string, exit: number, recorder: Recorder): TaskEnd {
  return failed({ message, command: work.command, exit: exit || 1 }, recorder);
}
