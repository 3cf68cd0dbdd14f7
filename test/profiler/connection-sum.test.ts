/** Of long connections, some pieces of which are lost: what is told is true, and with what is counted it is what was asked. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWire } from '../helpers/wire.ts';
import { client, lose, placed, plainMessage, server, toPairs } from './traffic.ts';

const MS = 1e6;
const START = [1_000, 5_000] as const;
const many = fc.array(plainMessage, { minLength: 1, maxLength: 30 });
const circumstances = fc.record({
  /** Each piece that begins a request has its method. */
  sizes: fc.array(fc.integer({ min: 9, max: 80 }), { minLength: 1, maxLength: 40 }),
  /** Parts of all pieces, behind the first. */
  lost: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 3 }),
  /** What is missing is given up when so many more pieces have come. */
  late: fc.integer({ min: 0, max: 20 }),
});

test.each([client, server])('a client that waits for its answers: %o', (info) => {
  fc.assert(
    fc.property(many, circumstances, (list, { sizes, lost, late }) => {
      const all = toPairs(list, sizes).flatMap(({ request, response }) => [...request, ...response]);
      const gone = new Set(lost.map((part) => 1 + Math.floor(part * (all.length - 1))));
      // A byte that is missing at the end may as well be a FIN.
      const isLost = (index: number): boolean =>
        gone.has(index) && (all[index]?.text.length ?? 0) + (all[index]?.unknown ?? 0) > 1;
      const wire = openWire(info);
      const seen = placed(
        all.map((step, index) => (isLost(index) ? lose(step) : step)),
        true,
        [...START],
      );
      for (const [index, step] of seen.entries()) {
        wire.send(step);
        wire.connection.giveUpBefore((index + 1 - late) * MS + 1);
      }
      const moved = (way: string): number =>
        all.reduce((sum, step) => sum + (step.way === way ? step.text.length + (step.unknown ?? 0) : 0), 0);
      wire.connection.endAt(START[0] + moved('>'), START[1] + moved('<'));
      wire.connection.closed(true);
      const told = wire.exchanges.map(({ target, status, end }) => `${target} ${status} ${end}`);
      const asked = list.map((_, index) => `/${index} ${400 + index} complete`);
      expect(told.filter((line) => !asked.includes(line))).toEqual([]);
      expect(new Set(told).size).toBe(told.length);
      // Where more than one piece is lost, more exchanges may be missing than is known.
      const unknown = asked.length - told.length - wire.lost;
      expect(unknown).toBeGreaterThanOrEqual(0);
      expect(unknown).toBeLessThanOrEqual(Math.max(0, gone.size - 1));
    }),
    { numRuns: 1_000 },
  );
});
