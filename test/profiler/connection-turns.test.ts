/** Behind missing bytes a client that waits for its answers is told again; one that does not is counted from then on. */
import { expect, test } from 'vitest';
import type { ConnectionInfo } from '../../container/profiler/src/connection/line.ts';
import { answer, ask, framed, openWire, type Step } from '../helpers/wire.ts';
import { client, lose, placed, server, unixClient } from './traffic.ts';

const get = (index: number) => ask(`GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`);
const ok = (index: number) => answer(`HTTP/1.1 ${400 + index} S\r\nContent-Length: 1\r\n\r\na`);
const exchange = (index: number): readonly Step[] => [get(index), ok(index)];
const chunk = 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n';
const status = (index: number) => `/${index} ${400 + index}`;

/** What is told, if what is missing is given up when so many more pieces have come. */
function told(info: Partial<ConnectionInfo>, steps: readonly Step[], late = 0) {
  const wire = openWire(info);
  for (const [index, step] of placed(steps, info !== unixClient).entries()) {
    wire.send(step);
    // The first came at 1 ms.
    wire.connection.giveUpBefore((index + 1 - late) * 1e6 + 1);
  }
  wire.connection.closed(true);
  return { shown: wire.exchanges.map(({ target, status: its }) => `${target} ${its}`), lost: wire.lost };
}

const second: Readonly<Record<string, readonly Step[]>> = {
  'an answer': [get(1), lose(ok(1))],
  'the beginning of an answer': [get(1), lose(answer('HTTP/1.1 401 S\r\nContent')), answer('-Length: 1\r\n\r\na')],
  'the end of an answer': [get(1), answer(`HTTP/1.1 401 S\r\n${chunk}`), lose(answer('0\r\n\r\n'))],
  'the beginning of a request': [lose(ask('GET /1 HTTP')), ask('/1.1\r\n\r\n'), ok(1)],
  'the end of a request': [ask(`PUT /1 HTTP/1.1\r\n${chunk}`), lose(ask('0\r\n\r\n')), ok(1)],
  'a request': [lose(get(1)), ok(1)],
  'a request, with its answer': [lose(get(1)), lose(ok(1))],
};
const ways = Object.entries(second).flatMap(([what, missing]) =>
  [client, server, unixClient].flatMap((info) => [0, 1, 2, 3, 4, 5].map((late) => ({ what, missing, info, late }))),
);

test.each(ways)('a client that waits is told again behind $what that is missing: $info, $late', (way) => {
  const later = [2, 3, 4, 5, 6, 7, 8].flatMap(exchange);
  const { shown, lost } = told(way.info, [...exchange(0), ...way.missing, ...later], way.late);
  expect([shown[0], ...shown.slice(-2)]).toEqual([0, 7, 8].map(status));
  expect(shown.length + lost).toBe(9);
});

const ahead: Readonly<Record<string, readonly Step[]>> = {
  'by one call': [ask(`${get(1).text}${get(2).text}`), lose(ok(1)), ok(2)],
  'by one call that has the half of a head': [
    get(1),
    lose(ok(1)),
    ask(`${get(2).text}GET /3`),
    ok(2),
    ask(get(3).text.slice(6)),
    get(7),
    ok(3),
    ok(7),
  ],
  'in the middle of an answer': [
    get(1),
    answer(ok(1).text.slice(0, 20)),
    get(2),
    answer(ok(1).text.slice(20)),
    lose(ok(2)),
  ],
  'twice behind the beginning of an answer whose rest is missing': [
    get(1),
    answer(ok(1).text.slice(0, 20)),
    lose(answer(ok(1).text.slice(20))),
    get(2),
    get(3),
    ok(2),
    get(7),
    ok(3),
    ok(7),
  ],
  'before an answer that is seen': [get(1), get(2), ok(1), lose(ok(2))],
  'twice, with no answer between': [get(1), get(2), lose(ok(1)), get(3), ok(2), ok(3)],
  'before the rest of an answer': [
    get(1),
    get(2),
    lose(answer('HTTP/1.1 401 S\r\nContent')),
    answer('-Length: 1\r\n\r\na'),
    ok(2),
  ],
};

test.each(Object.entries(ahead))('a client that asked ahead %s is counted behind what is missing', (_, steps) => {
  for (const [info, late] of [client, server, unixClient].flatMap((info) =>
    [0, 1, 2].map((late) => [info, late] as const),
  )) {
    const { shown, lost } = told(info, [...exchange(0), ...steps, ...[4, 5, 6].flatMap(exchange)], late);
    expect(shown.filter((line) => line !== status(1))).toEqual([status(0)]);
    const asked = steps.filter(({ text }) => text.startsWith('GET')).flatMap(({ text }) => text.match(/GET/g) ?? []);
    expect(shown.length + lost).toBe(4 + asked.length);
  }
});

test('what was sent since the last answer was received is owed one, be it missing', () => {
  const [begin, end] = [ask('GET /1 HTTP'), ask('/1.1\r\n\r\n')];
  const { shown } = told(client, [...exchange(0), begin, lose(end), ok(1), lose(get(2)), get(3), ok(2), ok(3)]);
  expect(shown).toEqual([status(0)]);
});

test('a client that is seen to ask ahead after it seemed to wait is told no further', () => {
  // Two are missing in one place, so it is not known that an answer is owed.
  const missing = [lose(ask(`${get(1).text}${get(2).text}`)), ok(1)];
  const ahead = [get(3), get(4), ok(2), ok(3), ok(4)];
  const { shown, lost } = told(server, [...exchange(0), ...missing, ...ahead, ...exchange(5)]);
  expect([shown, lost]).toEqual([[status(0)], 5]);
});

test('behind missing bytes a request of any method is told whose head the kernel is sure of', () => {
  const report = framed(ask('REPORT /2 HTTP/1.1\r\nDepth: 1\r\n\r\n'));
  const { shown, lost } = told(server, [...exchange(0), lose(get(1)), ok(1), report, ok(2)]);
  expect([shown, lost]).toEqual([[0, 2].map(status), 1]);
});
