/** How long a watch waits for quiet where something is written without end. */
import { expect, test } from 'vitest';
import { makeHints } from '../../tasks/runner/watch/hints.ts';

test('a pause that never comes is not waited for without end', async () => {
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
  await hints.quiet(2_000, 6_000);
  expect(now).toBe(6_000);
});
