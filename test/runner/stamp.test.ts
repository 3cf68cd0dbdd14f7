/** When an equal stamp proves equal content: never for a change within the clock's granularity. */
import { expect, test } from 'vitest';
import { isTrustworthy, kinds, sameStamp, wasWritten } from '../../tasks/runner/fresh/stamp.ts';

const at = 1_700_000_000_000.125;
const stamp = (modified: number, changed = modified, inode = 7, size = 10) =>
  Float64Array.from([size, modified, changed, inode, kinds.file]);

test.each([
  ['long before', stamp(at), at + 1_000, true],
  ['in the same tick', stamp(at), at, false],
  ['a few ticks before', stamp(at), at + 10, false],
  ['just outside of the ticks', stamp(at), at + 21, true],
  ['long before, and changed just now', stamp(at - 5_000, at), at + 1, false],
  ['in the future', stamp(at + 60_000), at, false],
  ['on a file system that counts seconds', stamp(1_700_000_000_000), 1_700_000_001_500, false],
  ['long before, there', stamp(1_700_000_000_000), 1_700_000_002_001, true],
])('a file that was written %s', (_when, row, takenMs, isProof) => {
  expect(isTrustworthy(row, 0, takenMs)).toBe(isProof);
});

test('ten microseconds, an inode or a byte more are another stamp', () => {
  expect(sameStamp(stamp(at), 0, stamp(at), 0)).toBe(true);
  const others = [stamp(at + 0.01), stamp(at, at + 0.01), stamp(at, at, 8), stamp(at, at, 7, 11)];
  for (const other of others) expect(sameStamp(stamp(at), 0, other, 0)).toBe(false);
});

test('a new hard link changes the ctime, and is no write', () => {
  expect(wasWritten(stamp(at), 0, stamp(at, at + 5), 0)).toBe(false);
  expect(wasWritten(stamp(at), 0, stamp(at + 5), 0)).toBe(true);
});
