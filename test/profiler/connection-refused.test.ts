/** Requests that a server refuses before it has read them, or because of what they are: told with its answer, or counted. */
import { expect, test } from 'vitest';
import type { ConnectionInfo } from '../../container/profiler/src/connection/line.ts';
import { answer, ask, inShort, openWire, type Step } from '../helpers/wire.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const refusal = (status: number) => answer(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
const refusedBytes = 'HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n'.length;
const chunked = 'POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
const half = 'GET /half HTTP/1.1\r\nHost: a';
const told = (steps: readonly Step[], info: Partial<ConnectionInfo> = {}) => {
  const wire = openWire(info);
  wire.send(...steps);
  wire.connection.closed(true);
  return wire;
};
const before = [ask(get('/a')), answer(ok)];
const after = [ask(get('/z')), answer(ok)];
const small = (path: string) => `GET ${path} 200 complete 28/40`;

test.each<[string, readonly Step[], string]>([
  ['half a head', [ask(half), refusal(408)], `GET /half 408 complete ${half.length}/${refusedBytes}`],
  [
    'a head that goes on when it is refused',
    [ask(half), refusal(431), ask('b'.repeat(500)), ask('\r\n\r\n')],
    `GET /half 431 complete ${half.length}/${refusedBytes}`,
  ],
  [
    'a length that is no number',
    [ask('POST /a HTTP/1.1\r\nContent-Length: abc\r\n\r\n'), refusal(400)],
    `POST /a 400 complete 41/${refusedBytes}`,
  ],
  [
    'blanks in the target',
    [ask('GET /a b HTTP/1.1\r\n\r\n'), refusal(400)],
    `GET /a b 400 complete 21/${refusedBytes}`,
  ],
  [
    'a blank behind the version',
    [ask('GET /a HTTP/1.1 \r\n\r\n'), refusal(400)],
    `GET /a 400 complete 20/${refusedBytes}`,
  ],
  ['another version', [ask('GET /a HTTP/2.0\r\n\r\n'), refusal(505)], `GET /a 505 complete 19/${refusedBytes}`],
  [
    'chunks that are none',
    [ask('POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nwhat\r\n'), refusal(400)],
    `POST /a 400 complete 54/${refusedBytes}`,
  ],
  [
    'a chunk that is longer than it says',
    [ask(`${chunked}3\r\nabcd\r\n0\r\n\r\n`), refusal(400)],
    `POST /a 400 complete ${chunked.length + 9}/${refusedBytes}`,
  ],
  [
    'a line between chunks that does not end',
    [ask(`${chunked}1;${'a'.repeat(5_000)}`), ask('a'.repeat(5_000)), ask('a'), refusal(400)],
    `POST /a 400 complete ${chunked.length + 10_002}/${refusedBytes}`,
  ],
])('%s: told with the answer, and what comes after it as well', (_, steps, expected) => {
  for (const around of [[], before]) {
    const wire = told([...around, ...steps, ...after]);
    expect(wire.exchanges.map(inShort)).toEqual([...around.slice(1).map(() => small('/a')), expected, small('/z')]);
    expect(wire.exchanges.at(-2)?.requestLastNs).toBeUndefined();
    expect(wire.lost).toBe(0);
  }
});

test.each<[string, readonly Step[], readonly string[]]>([
  ['half a head', [ask(half)], [`GET /half - aborted ${half.length}/0`]],
  [
    'a head that contradicts itself',
    [ask('GET /c HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n')],
    ['GET /c - aborted 41/0'],
  ],
  [
    'half a head behind a request',
    [ask(get('/a') + half)],
    ['GET /a - aborted 28/0', `GET /half - aborted ${half.length}/0`],
  ],
])('%s that nobody answers is aborted', (_, steps, expected) => {
  const wire = told(steps);
  expect(wire.exchanges.map(inShort)).toEqual(expected);
  expect(wire.lost).toBe(0);
});

test.each<[string, readonly Step[]]>([
  ['half a request line', [ask('GET /ha')]],
  ['half a request line that is refused', [ask(`GET /${'a'.repeat(9_000)}`), refusal(414)]],
  [
    'a target of more than 64 KiB that comes with its end',
    [ask(`PUT /${'a'.repeat(70_000)} HTTP/1.1\r\nHost:`), refusal(414)],
  ],
  ['a line without a version, answered in HTTP', [ask('HEAD /a\r\nHost: a\r\n\r\n'), refusal(400)]],
  ['a target of more than 64 KiB', [ask(`GET /${'a'.repeat(70_000)}`), ask(' HTTP/1.1\r\n\r\n')]],
  ['the beginning of a method that is refused', [ask('GE'), refusal(408)]],
  ['what is no request, and refused', [...before, ask('what?\r\n\r\n'), refusal(400)]],
  ['a line with more behind its version that is refused', [ask('GET /a HTTP/1.1 b\r\n\r\n'), refusal(400)]],
  ['a line without a target that is refused', [...before, ask('GET  HTTP/1.1\r\n\r\n'), refusal(400)]],
  ['a line in small letters that is refused', [ask('GET /a http/1.1\r\n\r\n'), refusal(400)]],
  ['what is no request', [...before, ask('what?\r\n\r\n')]],
  ['the beginning of a method on a connection in HTTP', [...before, ask('GE')]],
  ['a line with more behind its version', [...before, ask('GET /a HTTP/1.1 b\r\n\r\n')]],
])('%s is counted', (_, steps) => {
  const wire = told(steps);
  expect(wire.exchanges.map(inShort)).toEqual(steps.length > 2 || steps[0] === before[0] ? [small('/a')] : []);
  expect(wire.lost).toBe(1);
});

test('behind a line that is counted because it was answered in HTTP the next request is told', () => {
  const wire = told([ask('GET /a HTTP/1.1 b\r\n\r\n'), refusal(400), ...after]);
  expect([wire.exchanges.map(inShort), wire.lost, wire.finished]).toEqual([[small('/z')], 1, undefined]);
});

test.each<[string, readonly Step[]]>([
  ['the beginning of a word', [ask('HELO')]],
  ['a command that is answered', [ask('SET key GET /x HTTP/1.1\r\n'), answer('+OK\r\n')]],
  ['what may be meant for a request and is not answered', [ask('GET /a b HTTP/1.1\r\n\r\n')]],
  ['a line of another version that is not answered', [ask('GET /a HTTP/2.0\r\n\r\n')]],
  ['a command that is not', [ask('SET key GET /x HTTP/1.1\r\n')]],
  ['a line with more behind its version', [ask('GET /a HTTP/1.1 b\r\n\r\n')]],
  ['a line that only mentions HTTP', [ask('echo HTTP/1.1\r\n'), answer('HTTP\r\n'), ask('echo HTTP/1.1\r\n')]],
  ['the preface of HTTP/2', [ask('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), answer('\0\0\0\x04\0\0\0\0\0')]],
  [
    'lines that are as those of HTTP/0.9',
    [ask('GET /key\r\n'), answer('$-1\r\n'), ask('GET /key\r\n'), answer('$-1\r\n')],
  ],
  ['a command that names a path', [ask('GETEX /key\r\n'), answer('$-1\r\n'), ask('GETEX /key\r\n'), answer('$-1\r\n')]],
  ['a line without end', [ask(`A ${'b'.repeat(70_000)}`)]],
])('%s is no exchange and no loss', (_, steps) => {
  const wire = told(steps);
  expect([wire.exchanges, wire.lost]).toEqual([[], 0]);
});

test.each(['SET key GET /x HTTP/1.1\r\n', 'GETEX /key\r\n'])(
  'an answer in no HTTP to %j ends the matter',
  (command) => {
    const wire = openWire();
    wire.send(ask(command), answer('+OK\r\n'));
    expect([wire.exchanges, wire.lost, wire.finished]).toEqual([[], 0, 'not-http']);
  },
);

test('many answers in no HTTP to what is no request end the matter', () => {
  const wire = openWire();
  wire.send(ask('GET /key\r\n'), ...Array.from({ length: 100 }, () => answer('$-1\r\n')));
  expect([wire.finished, wire.lost]).toEqual(['not-http', 0]);
});

test('a log that mentions HTTP and that nobody answers is no HTTP, wherever its offsets begin anew', () => {
  const line = '10.0.0.1 - - [28/Nov/2026:12:00:00 +0000] "GET /x HTTP/1.1" 200 612\r\n';
  for (const from of [1_000, 2 ** 32 - 30_000]) {
    const wire = openWire();
    const lines = Array.from({ length: 1_000 }, (_, index) => ({ ...ask(line), at: from + index * line.length }));
    wire.send(...lines.slice(0, 900));
    expect(wire.finished).toBeUndefined();
    wire.send(...lines.slice(900));
    expect([wire.finished, wire.exchanges, wire.lost]).toEqual(['not-http', [], 0]);
  }
});

test('what was meant for a request is told where it is answered after 60,000 bytes of its body', () => {
  const head = 'POST /a b HTTP/1.1\r\n\r\n';
  const { exchanges, lost } = told([ask(head), ask('b'.repeat(60_000)), refusal(400), ...after]);
  expect(exchanges.map(inShort)).toEqual([`POST /a b 400 complete ${head.length}/${refusedBytes}`, small('/z')]);
  expect(lost).toBe(0);
});

test('a client that has read an answer and sent no more was refused', () => {
  const wire = openWire({ role: 'client', knowsOrder: true });
  wire.send(ask(half), refusal(408));
  wire.connection.responsesEnded(true);
  expect(wire.exchanges.map(inShort)).toEqual([`GET /half 408 complete ${half.length}/${refusedBytes}`]);
});

test('a client that had sent more than was seen when it read an answer was not', () => {
  const wire = openWire({ role: 'client', knowsOrder: true });
  wire.send(ask(half), { ...answer(ok), other: 1_500 }, ask('\r\n\r\n'), ...after);
  expect(wire.exchanges.map(inShort)).toEqual([`GET /half 200 complete ${half.length + 4}/40`, small('/z')]);
});

test('where it is not known what a client had sent, it was refused if no more comes', () => {
  const wire = openWire({ role: 'client' });
  wire.send(ask(half), refusal(400));
  wire.connection.giveUpBefore(1);
  expect(wire.connection.isBusy).toBe(true);
  wire.connection.giveUpBefore(1e9);
  wire.send(...after);
  expect(wire.exchanges.map(inShort)).toEqual([`GET /half 400 complete ${half.length}/${refusedBytes}`, small('/z')]);
});

test('a refusal whose parts overtake each other is the answer', () => {
  const wire = openWire();
  const { text } = refusal(408);
  wire.send(ask(half), { ...answer(text.slice(20)), at: 520 }, { ...answer(text.slice(0, 20)), at: 500 });
  expect(wire.exchanges.map(inShort)).toEqual([`GET /half 408 complete ${half.length}/${refusedBytes}`]);
});

test('a refusal in many parts is the answer where it is not known what a client had sent', () => {
  const wire = openWire({ role: 'client' });
  const head = 'HTTP/1.1 400 No\r\nContent-Length: 100\r\n\r\n';
  wire.send(ask(half), answer(head), ...Array.from({ length: 100 }, () => answer('.')), ...after);
  expect(wire.exchanges.map(inShort)).toEqual([
    `GET /half 400 complete ${half.length}/${head.length + 100}`,
    small('/z'),
  ]);
  expect([wire.lost, wire.finished]).toEqual([0, undefined]);
});

test('answers to requests before one that is refused are still theirs', () => {
  const both = 'POST /b HTTP/1.1\r\nContent-Length: +1\r\n\r\n';
  const wire = told([ask(get('/a') + both), answer(ok), refusal(400)]);
  expect(wire.exchanges.map(inShort)).toEqual([small('/a'), `POST /b 400 complete ${both.length}/${refusedBytes}`]);
});

test('a refusal that comes with the answer before it', () => {
  const wire = told([ask(get('/a') + half), answer(`${ok}${refusal(408).text}`)]);
  expect(wire.exchanges.map(inShort)).toEqual([small('/a'), `GET /half 408 complete ${half.length}/${refusedBytes}`]);
});
