/** A client that is always some requests ahead looks, behind missing bytes, like one that waits: none is told with another's answer. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWire } from '../helpers/wire.ts';
import { client, lose, type Message, placed, plainMessage, server, toPairs, unixClient } from './traffic.ts';

const anyOf = <T>(value: fc.Arbitrary<T>, maxLength: number) => fc.array(value, { minLength: 1, maxLength });
/** Without interim responses: where one of those is lost, what comes behind it may answer another request. */
const message = plainMessage.map((any) => ({ ...any, isContinued: false }));
const messages = fc.array(message, { minLength: 3, maxLength: 16 });

/** The first exchange is a whole one; then so many more requests are under way. */
function toSteps(list: readonly Message[], sizes: readonly number[], ahead: number) {
  const [first, ...rest] = toPairs(list, sizes);
  const whole = [...(first?.request ?? []), ...(first?.response ?? [])];
  const askedAt = (index: number) =>
    index === 0 ? rest.slice(0, ahead + 1) : rest.slice(index + ahead, index + ahead + 1);
  const later = rest.flatMap(({ response }, index) => [
    ...askedAt(index).flatMap(({ request }) => request),
    ...response,
  ]);
  return { whole, later };
}

test.each([client, server, unixClient])(
  'of a client that asks ahead none is told wrongly behind a lost piece: %o',
  (info) => {
    fc.assert(
      fc.property(
        messages,
        anyOf(fc.integer({ min: 20, max: 80 }), 9),
        fc.constantFrom(1, 2, 3),
        fc.nat(),
        fc.boolean(),
        (list, sizes, ahead, at, givesUp) => {
          const { whole, later } = toSteps(list, sizes, ahead);
          const steps = [...whole, ...later.map((step, index) => (index === at % later.length ? lose(step) : step))];
          const wire = openWire(info);
          for (const step of placed(steps, info !== unixClient)) {
            wire.send(step);
            if (givesUp) wire.connection.giveUpBefore(Number.POSITIVE_INFINITY);
          }
          wire.connection.closed(true);
          const told = wire.exchanges.filter(({ status }) => status !== undefined);
          expect(told.map(({ status }) => status)).toEqual(told.map(({ target }) => 400 + Number(target.slice(1))));
        },
      ),
      { numRuns: 1_000, seed: 1 },
    );
  },
);
