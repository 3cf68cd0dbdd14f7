/** How long a watch waits: for a burst to be over, where something is written without end, and for what is due. */
import { expect, test } from 'vitest';
import { makeHints } from '../../tasks/runner/watch/hints.ts';

test('an end of a burst that never comes is not waited for without end', async () => {
  let now = 0;
  const hints = makeHints(
    {
      clockMs: () => now,
      sleep: async (ms) => {
        now += ms;
        hints.give();
      },
    },
    new AbortController().signal,
  );
  await hints.settle();
  expect(now).toBe(1_000);
});

test('without a hint, what is due is waited for so long', async () => {
  const slept: number[] = [];
  const hints = makeHints({ clockMs: () => 0, sleep: async (ms) => void slept.push(ms) }, new AbortController().signal);
  await hints.next(8_000);
  hints.give();
  await hints.next(8_000);
  expect(slept).toEqual([8_000, 50, 50]);
});
