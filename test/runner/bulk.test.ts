/** When a watch runs after a change: at once after one file, and after many when they have all come. */
import { expect, test } from 'vitest';
import { whenAllHaveCome } from '../../tasks/runner/watch/bulk.ts';

/** Each look finds so many files more than are known; how often a burst was waited for. */
async function settledBefore(looks: readonly number[], stepMs = 100): Promise<number> {
  let now = 0;
  let settled = 0;
  let at = 0;
  await whenAllHaveCome({
    look: async () => {
      const count = looks[Math.min(at++, looks.length - 1)] ?? 0;
      return new Map([['task', Array.from({ length: count }, (_, index) => `file-${index}`)]]);
    },
    settle: async () => {
      settled++;
      now += stepMs;
    },
    isOver: () => false,
    clockMs: () => now,
  });
  return settled;
}

test.each<[string, readonly number[], number]>([
  ['nothing more', [0], 0],
  ['one more file, written once or again and again', [1], 1],
  ['a branch that is checked out', [400, 900, 2_000, 2_000], 3],
])('%s', async (_, looks, times) => {
  expect(await settledBefore(looks)).toBe(times);
});

test('files that come without end are not waited for', async () => {
  const endless = Array.from({ length: 1_000 }, (_, index) => index + 2);
  expect(await settledBefore(endless, 1_000)).toBe(10);
});
