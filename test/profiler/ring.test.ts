/** A ring that the kernel writes: each record once and in its order, and room for the next. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ring } from '../../container/profiler/src/ring.ts';
import { fakeRing } from '../helpers/fake-probe.ts';

function read(ring: Ring, end = ring.produced()): readonly string[] {
  const records: string[] = [];
  ring.consume(end, (at, length) => records.push(ring.bytes.toString('latin1', at, at + length)));
  return records;
}

test('records of any length are read in their order, however often the ring begins anew', () => {
  const texts = fc.array(fc.string({ unit: 'binary-ascii', maxLength: 9_000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(texts, { minLength: 20, maxLength: 40 }), (rounds) => {
      const { ring, put, freed } = fakeRing();
      for (const round of rounds) {
        for (const text of round) put(Buffer.from(text, 'latin1'));
        expect(read(ring)).toEqual(round);
        expect([ring.consumed(), freed()]).toEqual([ring.produced(), ring.produced()]);
      }
    }),
    { numRuns: 20 },
  );
});

test('what was discarded is passed over, and what is still being written is waited for', () => {
  const { ring, put, freed } = fakeRing();
  put(Buffer.from('one'));
  put(Buffer.from('two'), 'discarded');
  put(Buffer.from('three'));
  const finish = put(Buffer.from('four'), 'busy');
  put(Buffer.from('five'));
  expect(read(ring)).toEqual(['one', 'three']);
  expect(freed()).toBe(48);
  expect(read(ring)).toEqual([]);
  finish();
  expect(read(ring)).toEqual(['four', 'five']);
});

test('no more is read than there was when it was asked for', () => {
  const { ring, put } = fakeRing();
  put(Buffer.from('one'));
  const end = ring.produced();
  put(Buffer.from('two'));
  expect(read(ring, end)).toEqual(['one']);
  expect(read(ring)).toEqual(['two']);
});
