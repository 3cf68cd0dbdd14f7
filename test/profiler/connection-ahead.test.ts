/** A client that is always some requests ahead looks, behind missing bytes, like one that waits: none is told with another's answer. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWire, type Step } from '../helpers/wire.ts';
import { answersOf, client, lose, type Message, placed, plainMessage, server, toPairs, unixClient } from './traffic.ts';

const anyOf = <T>(value: fc.Arbitrary<T>, maxLength: number) => fc.array(value, { minLength: 1, maxLength });
const MOST_AHEAD = 4;
/** Without interim responses: where one of those is lost, what comes behind it may answer another request. */
const message = plainMessage.map((any) => ({ ...any, isContinued: false }));
const messages = fc.array(message, { minLength: 3, maxLength: 16 });

/** Asks ahead or waits for an answer, as `asks` says in turn, never by more than four; each with the pieces that it is cut into. */
function toSteps(list: readonly Message[], sizes: readonly number[], asks: readonly boolean[]): readonly Step[] {
  const requests = toPairs(list, sizes);
  const steps: Step[] = [];
  for (let asked = 0, answered = 0, turn = 0; answered < list.length; turn++) {
    const ahead = asked - answered;
    const mayAsk = asked < list.length && ahead < MOST_AHEAD;
    if (ahead === 0 || (mayAsk && asks[turn % asks.length] === true)) steps.push(...(requests[asked++]?.request ?? []));
    else steps.push(...(requests[answered++]?.response ?? []));
  }
  return steps;
}

test.each([client, server, unixClient])(
  'of a client that asks ahead none is told wrongly behind a lost piece: %o',
  (info) => {
    fc.assert(
      fc.property(
        messages,
        anyOf(fc.integer({ min: 20, max: 80 }), 9),
        anyOf(fc.boolean(), 20),
        fc.nat(),
        fc.boolean(),
        (list, sizes, asks, at, givesUp) => {
          const [first, ...rest] = toSteps(list, sizes, asks);
          const steps = rest.map((step, index) => (index === at % rest.length ? lose(step) : step));
          const wire = openWire(info, answersOf(info));
          for (const step of placed(first === undefined ? [] : [first, ...steps], info !== unixClient)) {
            wire.send(step);
            if (givesUp) wire.connection.giveUpBefore(Number.POSITIVE_INFINITY);
          }
          wire.connection.closed(true);
          const told = wire.exchanges.filter(({ status }) => status !== undefined);
          expect(told.map(({ status }) => status)).toEqual(told.map(({ target }) => 400 + Number(target.slice(1))));
          expect(wire.exchanges.length + wire.lost).toBeLessThanOrEqual(list.length);
        },
      ),
      { numRuns: 3_000, seed: 1 },
    );
  },
);
