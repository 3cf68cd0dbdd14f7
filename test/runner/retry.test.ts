/** How long is waited before a task is tried again. */
import { expect, test } from 'vitest';
import { withRetries } from '../../tasks/runner/execute/retry.ts';
import type { TaskOptions } from '../../tasks/runner/execute/steps.ts';

test('the pause doubles, and is never longer than a timer can be', async () => {
  const pausesMs: number[] = [];
  const sleep = async (ms: number) => void pausesMs.push(ms);
  const options = {
    session: { emit: () => undefined, host: { sleep } },
    task: { name: 'flaky', retry: { times: 3, backoffMs: 2 ** 30 } },
    signal: new AbortController().signal,
  };
  await withRetries(options as unknown as TaskOptions, async () => ({
    state: 'failed',
    failure: { message: 'no', exit: 1, reason: 'task', checks: [], lastLines: [], known: [] },
  }));
  expect(pausesMs).toEqual([2 ** 30, 2 ** 31 - 1, 2 ** 31 - 1]);
});
