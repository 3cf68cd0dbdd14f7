import { longestMs } from '../config/units.ts';
import type { Failure, TaskEnd } from '../events.ts';
import { pause } from '../process/pause.ts';
import { stopped } from './outcome.ts';
import type { TaskOptions } from './steps.ts';

type Attempt = { readonly state: string } | { readonly state: 'failed'; readonly failure: Failure };

/** Tries, and after a failure tries again as often as the task says, with a pause that doubles. */
export async function withRetries<End extends Attempt>(
  { session: { emit, host }, task: { name, retry }, signal }: TaskOptions,
  attempt: () => Promise<End>,
): Promise<End | TaskEnd> {
  const tries = 1 + (retry?.times ?? 0);
  for (let nextTry = 2; ; nextTry++) {
    const end = await attempt();
    const failure = 'failure' in end ? end.failure : undefined;
    const mayTryAgain = failure?.reason === 'task' && nextTry <= tries && !signal.aborted;
    if (!mayTryAgain) return end;
    const pauseMs = Math.min((retry?.backoffMs ?? 0) * 2 ** (nextTry - 2), longestMs);
    emit({ type: 'task-retried', task: name, message: failure.message, nextTry, tries, pauseMs });
    await pause(host, pauseMs, signal);
    if (signal.aborted) return stopped(signal);
  }
}
