import type { TaskEnd } from '../events.ts';
import type { PlannedTask } from '../plan.ts';
import type { Cancellation } from '../process/table.ts';
import { runSteps, type StepOptions } from './steps.ts';

/** How long the last steps of an interrupted task may take. */
const boundMs = 60_000;
const graceMs = 5_000;

/** The steps that run however the task ended. One that fails makes a task fail that had not failed already. */
export async function runLastSteps(options: Omit<StepOptions, 'signal'>, end: TaskEnd): Promise<TaskEnd> {
  const { session, task } = options;
  if (task.finally.length === 0) return end;
  const bound = new AbortController();
  const isInterrupted = session.state.interruptedBy !== undefined;
  const timer = isInterrupted ? setTimeout(() => bound.abort(tookTooLong), boundMs) : undefined;
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
  return { ...task, interactive: false, timeoutMs: boundMs };
}

const tookTooLong: Cancellation = {
  because: 'timed-out',
  signal: 'SIGTERM',
  isDelivered: false,
  graceMs,
};
