/** When an equal stamp proves equal content: never for a change within the clock's granularity. */
import { expect, test } from 'vitest';
import { isTrustworthy, kinds, sameStamp, wasWritten } from '../../tasks/runner/fresh/stamp.ts';

const ms = 1_000_000n;
const at = 1_700_000_000_000n * ms + 123_456n;
const stamp = (modified: bigint, changed = modified, inode = 7n, size = 10n) =>
  BigInt64Array.from([size, modified, changed, inode, kinds.file]);

test.each([
  ['long before', stamp(at), at + 1_000n * ms, true],
  ['in the same tick', stamp(at), at, false],
  ['a few ticks before', stamp(at), at + 10n * ms, false],
  ['just outside of the ticks', stamp(at), at + 21n * ms, true],
  ['long before, and changed just now', stamp(at - 5_000n * ms, at), at + 1n * ms, false],
  ['in the future', stamp(at + 60_000n * ms), at, false],
  ['on a file system that counts seconds', stamp(1_700_000_000_000n * ms), 1_700_000_001_500n * ms, false],
  ['long before, there', stamp(1_700_000_000_000n * ms), 1_700_000_002_001n * ms, true],
])('a file that was written %s', (_when, row, takenNs, isProof) => {
  expect(isTrustworthy(row, 0, takenNs)).toBe(isProof);
});

test('a nanosecond, an inode or a byte more is another stamp', () => {
  expect(sameStamp(stamp(at), 0, stamp(at), 0)).toBe(true);
  const others = [stamp(at + 1n), stamp(at, at + 1n), stamp(at, at, 8n), stamp(at, at, 7n, 11n)];
  for (const other of others) expect(sameStamp(stamp(at), 0, other, 0)).toBe(false);
});

test('a new hard link changes the ctime, and is no write', () => {
  expect(wasWritten(stamp(at), 0, stamp(at, at + 5n), 0)).toBe(false);
  expect(wasWritten(stamp(at), 0, stamp(at + 5n), 0)).toBe(true);
});
