/**
 * Whatever piece is lost, whichever of two threads is seen first and wherever a connection rests: what is told is true.
 * Left out is what cannot be known: of clients that do not wait, and behind missing bytes of two threads on one Unix socket.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Connection } from '../../container/profiler/src/connection/connection.ts';
import type { ConnectionInfo } from '../../container/profiler/src/connection/line.ts';
import { inRing, inShort, openWire, type Step, someone } from '../helpers/wire.ts';
import {
  answersOf,
  anyMessage,
  client,
  type Losable,
  lose,
  type Message,
  messages,
  placed,
  plainMessage,
  server,
  toPairs,
  unixClient,
} from './traffic.ts';

const MS = 1e6;
const LONGEST_METHOD_BYTES = 'M-SEARCH '.length;

/** Places begin anew at 2^32, and are negative numbers from 2^31 on where they are compared. */
const place = fc.constantFrom(1_000, 2 ** 31 - 60, 2 ** 32 - 60);
const cycle = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 1, maxLength: 40 });
const circumstances = fc.record({
  /** The first piece has a method at least: what begins in the midst of one may be taken for another. */
  sizes: cycle(fc.integer({ min: 1, max: 80 })).map(([first = 0, ...sizes]) => [
    Math.max(first, LONGEST_METHOD_BYTES),
    ...sizes,
  ]),
  lost: fc.array(fc.nat(60), { maxLength: 3 }),
  from: fc.tuple(place, place),
  /** Whether the first answer had been received, in part or whole, when its request was seen to be sent. */
  isRaced: fc.boolean(),
  swaps: cycle(fc.boolean()),
  rests: cycle(fc.boolean()),
  givesUp: cycle(fc.boolean()),
});
type Circumstances = typeof circumstances extends fc.Arbitrary<infer T> ? T : never;

/** A record of the kernel's can be a connection's first: a request's beginning, an empty line that ends one, or an answer to a client. */
function opens({ way, text, isLost }: Losable, next: Step | undefined, role: ConnectionInfo['role']): boolean {
  if (isLost === true) return false;
  if (way === '<') return role === 'client' && text.startsWith('HTTP/1.');
  return /^(?:GET|HEAD|POST|PATCH|M-SEARCH) /.test(text) || (/^[\r\n]+$/.test(text) && next?.way === '<');
}

type Info = Pick<ConnectionInfo, 'role' | 'knowsOrder'>;

/** All pieces in the order in which they are seen. */
function toSteps(info: Info, list: readonly Message[], how: Circumstances) {
  const sent = toPairs(list, how.sizes).flatMap(({ request, response }) => [...request, ...response]);
  const all = sent.map((step, index) => (how.lost.includes(index) ? lose(step) : step));
  const first = all.findIndex((step, index) => opens(step, all[index + 1], info.role));
  const seen = all.map((step, index) => (index < first || first === -1 ? lose(step) : step));
  const steps = placed(seen, info !== unixClient, how.from);
  if (info.role === 'server') return steps;
  return swapped(how.isRaced && info.knowsOrder ? raced(steps) : steps, how.swaps);
}

/** A first request that is sent at once says that the first piece of its answer has been received. */
function raced(steps: readonly Step[]): readonly Step[] {
  const [opening, begin, ...rest] = steps;
  if (opening?.way !== '>' || begin?.way !== '<' || begin.at !== opening.other) return steps;
  return [{ ...opening, other: ((begin.at ?? 0) + begin.text.length + (begin.unknown ?? 0)) >>> 0 }, begin, ...rest];
}

/** Neighbours of two threads change places, but for the first, with which a connection is known. */
function swapped(steps: readonly Step[], swaps: readonly boolean[]): readonly Step[] {
  const result = [...steps];
  for (let index = 1; index + 1 < result.length; index++) {
    const [one, other] = [result[index], result[index + 1]];
    if (one === undefined || other === undefined || one.way === other.way || !swaps[index % swaps.length]) continue;
    result.splice(index, 2, other, one);
    index++;
  }
  return result;
}

/** What is told of the pieces, if the connection rests, or gives up what is missing, behind some of them. */
function replay(info: Info, steps: readonly Step[], how: Pick<Circumstances, 'rests' | 'givesUp'>) {
  const wire = openWire(info, answersOf(info));
  let { connection } = wire;
  for (const [index, { way, text, unknown = 0, at = 0, other = 0, framed }] of steps.entries()) {
    const { bytes, from } = inRing(text);
    const timeNs = (index + 1) * MS;
    const [length, cap] = [text.length + unknown, text.length];
    const piece = { offset: at, length, cap, bytes, from, framed, gap: 'none', other, timeNs, who: someone } as const;
    if (way === '>') connection.request(piece);
    else connection.response(piece);
    if (how.givesUp[index % how.givesUp.length]) connection.giveUpBefore(timeNs + 1);
    const standing = how.rests[index % how.rests.length] ? connection.rest() : undefined;
    if (standing !== undefined) connection = new Connection(connection.info, connection.events, standing);
  }
  connection.closed(true);
  return { exchanges: wire.exchanges, lost: wire.lost };
}

/** Half of a client's first head is lost and the request behind it is, and its answer was received before it was seen to be sent. */
const plain: Message = { method: 'GET', body: '', isChunked: false, isFramed: false, isContinued: false };
const half: Circumstances = {
  ...{ sizes: [19, 37, 38, 1], lost: [1, 3], from: [1_000, 1_000], isRaced: true },
  ...{ swaps: [false], rests: [false], givesUp: [false] },
};

test.each([client, server, unixClient])('what is told has its own method and status: %o', (info) => {
  fc.assert(
    fc.property(messages, circumstances, (list, how) => {
      const steps = toSteps(info, list, info === unixClient ? { ...how, swaps: [false] } : how);
      const { exchanges } = replay(info, steps, how);
      for (const { method, target, status } of exchanges) {
        const index = Number(target.slice(1));
        expect([method, target, status ?? 400 + index]).toEqual([list[index]?.method, `/${index}`, 400 + index]);
      }
      const targets = exchanges.map(({ target }) => target);
      expect(new Set(targets).size).toBe(targets.length);
    }),
    { numRuns: 5_000, examples: [[[plain, plain], half]] },
  );
});

test.each([client, server, unixClient])('where no piece is lost, all is told: %o', (info) => {
  fc.assert(
    fc.property(messages, circumstances, (list, how) => {
      const steps = toSteps(info, list, { ...how, lost: [] });
      const { exchanges, lost } = replay(info, steps, { ...how, givesUp: [false] });
      const told = exchanges.map(({ target, status }) => `${target} ${status}`);
      expect([told, lost]).toEqual([list.map((_, index) => `/${index} ${400 + index}`), 0]);
    }),
    { numRuns: 2_000 },
  );
});

test.each([client, server, unixClient])('to rest changes nothing: %o', (info) => {
  fc.assert(
    fc.property(messages, circumstances, (list, how) => {
      const steps = toSteps(info, list, how);
      const [awake, rested] = [false, true].map((rests) => {
        const { exchanges, lost } = replay(info, steps, { ...how, rests: [rests] });
        return [exchanges.map(inShort), lost];
      });
      expect(rested).toEqual(awake);
    }),
    { numRuns: 2_000 },
  );
});

const four = fc.array(anyMessage, { minLength: 4, maxLength: 4 });

test.each([client, server, unixClient])(
  'behind a piece that is lost, the last of five exchanges is told: %o',
  (info) => {
    fc.assert(
      fc.property(messages, four, plainMessage, circumstances, fc.nat(), (before, between, last, how, at) => {
        const list = [...before, ...between, last];
        const sizes = how.sizes.map((size) => Math.max(size, LONGEST_METHOD_BYTES));
        const counts = toPairs(before, sizes).map(({ request, response }) => request.length + response.length);
        const count = counts.reduce((sum, more) => sum + more, 0);
        const steps = toSteps(info, list, { ...how, sizes, lost: [at % count], isRaced: false, swaps: [false] });
        const { exchanges } = replay(info, steps, { ...how, givesUp: [true] });
        const { target, status } = exchanges.at(-1) ?? {};
        expect([target, status]).toEqual([`/${list.length - 1}`, 400 + list.length - 1]);
      }),
      { numRuns: 2_000 },
    );
  },
);
