import type { Failure, TaskEnd } from '../events.ts';
import type { PlannedTask } from '../plan.ts';
import { askToEnd } from '../process/cancellation.ts';
import { onAbort } from '../process/on-abort.ts';
import { runSteps, type StepOptions } from './steps.ts';

/** How long the last steps of a task may take once the run is interrupted. */
const boundMs = 60_000;

/**
 * The steps that run however the task ended, each also after one that failed: what one cleans up is not what the next does.
 * The first failure makes a task fail that had not failed already; the others are told.
 */
export async function runLastSteps(options: Omit<StepOptions, 'signal'>, end: TaskEnd): Promise<TaskEnd> {
  const { session, task } = options;
  if (task.finally.length === 0) return end;
  const bound = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = (): void => {
    timer = setTimeout(() => bound.abort(askToEnd('timed-out')), boundMs);
  };
  const interrupted = session.state.interrupted.signal;
  const stopListening = onAbort(interrupted, limit);
  if (interrupted.aborted) limit();
  const signal = AbortSignal.any([session.stop.signal, bound.signal]);
  let told = end;
  for (const step of task.finally) {
    const last = await runSteps([step], { ...options, task: withoutTerminal(task), signal, isLast: true });
    const isTheFirst = told.state === 'done' || told.state === 'skipped';
    if (last.state !== 'done' && isTheFirst) told = last;
    if (session.stop.signal.aborted) break;
    if (last.state === 'failed' && !isTheFirst)
      session.emit({ type: 'notice-given', text: failedToo(step, task, last.failure) });
  }
  stopListening();
  clearTimeout(timer);
  return told;
}

function failedToo(step: string, { name }: PlannedTask, { message }: Failure): string {
  return `the last step \`${step}\` of \`${name}\` failed too: ${message}`;
}

function withoutTerminal(task: PlannedTask): PlannedTask {
  return { ...task, interactive: false, timeoutMs: boundMs };
}
