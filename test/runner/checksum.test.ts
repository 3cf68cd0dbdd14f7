import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumOf } from '../../tasks/runner/text/checksum.ts';

const lengths = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(128 * 1024, 128 * 1024 + 1));

test('a flipped bit, a lost end and a page of zeros change the checksum', () => {
  fc.assert(
    fc.property(lengths, fc.nat(), fc.nat(7), (length, place, bit) => {
      const bytes = Buffer.from(Array.from({ length }, (_, index) => ((index * 31 + (place % 251)) % 255) | 1));
      const before = checksumOf(bytes);
      expect(checksumOf(Buffer.from(bytes))).toEqual(before);
      expect(checksumOf(bytes.subarray(0, length - 1))).not.toEqual(before);
      const at = place % length;
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      expect(checksumOf(flipped)).not.toEqual(before);
      expect(checksumOf(Buffer.from(bytes).fill(0, at, Math.min(at + 4096, length)))).not.toEqual(before);
    }),
    { numRuns: 200 },
  );
});

test('two words that changed places change the checksum', () => {
  const words = (...values: readonly number[]) => Buffer.from(Int32Array.from(values).buffer);
  expect(checksumOf(words(1, 2, 3))).not.toEqual(checksumOf(words(2, 1, 3)));
});
