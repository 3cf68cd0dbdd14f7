/** Connections that end without word, and those that turn out not to speak HTTP: what is told of them, and to the kernel. */
import { expect, test } from 'vitest';
import { openTable, SECOND_NS } from '../helpers/connections.ts';

const HOUR_NS = 3_600 * SECOND_NS;
const request = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const endless = 'HTTP/1.1 200 OK\r\n\r\nhi';

test.each([
  ['a TCP connection that the kernel still has is left alone, for hours', false, true, 5 * HOUR_NS, false],
  ['a TCP connection that the kernel no longer has is over', false, false, HOUR_NS, true],
  ['a Unix connection that the kernel no longer has is over', true, false, HOUR_NS, true],
  ['a Unix connection whose request waits may wait for minutes', true, true, 600 * SECOND_NS, false],
  ['a Unix connection whose request waits is over after hours', true, true, 5 * HOUR_NS, true],
])('%s', (_, isUnix, isOpen, afterNs, isOver) => {
  const { told, kernel, table, open, move } = openTable({ isUnix, isOpen });
  open(1);
  move(1, '>', request);
  table.sweep(SECOND_NS + afterNs);
  expect(kernel).toEqual(isOver ? ['forget 2 1'] : []);
  expect(told).toEqual(isOver ? ['/a - aborted'] : []);
  move(1, '<', response);
  expect(told).toEqual([isOver ? '/a - aborted' : '/a 200 complete']);
});

test('a Unix connection on which nothing waits is over as soon as it has been silent for long', () => {
  const { told, kernel, table, open, move } = openTable({ isUnix: true, isOpen: true });
  open(1);
  move(1, '>', request);
  move(1, '<', response);
  table.sweep(SECOND_NS + 600 * SECOND_NS);
  expect(kernel).toEqual(['forget 2 1']);
  expect(told).toEqual(['/a 200 complete']);
});

test('a connection that is not HTTP after all may be taken for it some times, and is then left alone', () => {
  const { told, kernel, open, move } = openTable({ isUnix: false, isOpen: true });
  for (let time = 0; time < 10 && !kernel.includes('ignore 2 1'); time++) {
    open(1);
    move(1, '>', 'GET what is no request\r\n\r\n');
  }
  expect(kernel).toEqual(['forget 2 1', 'forget 2 1', 'ignore 2 1']);
  expect(told).toEqual([]);
});

test('of a connection that was forgotten a moment ago, what begins a request is counted, and nothing else', () => {
  const { told, kernel, open, move } = openTable();
  open(1);
  move(1, '>', 'GET what is no request\r\n\r\n');
  expect(kernel).toEqual(['forget 2 1']);
  move(1, '<', 'HTTP/1.1 400 Bad Request\r\n\r\n');
  for (const text of ['GET /key\r\n', 'GET /a', 'what?\r\n', '\r\n', 'Host: a\r\nGET /a HTTP/1.1\r\n\r\n'])
    move(1, '>', text);
  expect(told).toEqual([]);
  move(1, '>', request);
  move(1, '>', `\r\n${request}`);
  expect(told).toEqual(['lost 1', 'lost 1']);
});

test('as many connections that are not HTTP as are used in turn are left alone', () => {
  const { kernel, open, move } = openTable();
  const connections = Array.from({ length: 3_000 }, (_, index) => index + 1);
  for (let time = 0; time < 3; time++) {
    for (const conn of connections) {
      open(conn);
      move(conn, '>', 'get key\r\n');
    }
  }
  const alone = connections.map((conn) => `ignore ${conn + 1} ${conn}`);
  expect(kernel.filter((asked) => asked.startsWith('ignore'))).toEqual(alone);
});

test('a connection that was left alone, because a long body seemed to be another protocol, is told again after some seconds', () => {
  const { told, kernel, table, open, move } = openTable({ isUnix: false, isOpen: true });
  const line = '2026-11-28 10:46:33 a line of a log\n';
  while (!kernel.includes('ignore 2 1')) {
    open(1);
    move(1, '>', line);
  }
  table.sweep(5 * SECOND_NS);
  expect(kernel.at(-1)).toBe('ignore 2 1');
  table.sweep(11 * SECOND_NS);
  expect(kernel.at(-1)).toBe('forget 2 1');
  open(1);
  move(1, '>', request);
  move(1, '<', response);
  expect(told).toEqual(['/a 200 complete']);
});

test('a connection that went over to another protocol is left alone for good', () => {
  const { told, kernel, table, open, move } = openTable({ isUnix: false, isOpen: true });
  open(1);
  move(1, '>', request);
  move(1, '<', 'HTTP/1.1 101 Switching Protocols\r\n\r\n');
  table.sweep(HOUR_NS);
  expect(kernel).toEqual(['ignore 2 1']);
  expect(told).toEqual(['/a 101 upgraded']);
});

/** TCP's states but for `CLOSE`, as the kernel numbers them. */
const states = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12];

test.each([
  ['server', 'sent its FIN', [4, 5, 6, 9, 11]],
  ['client', 'received one', [6, 8, 9, 11]],
] as const)('a body that lasts until a %s’s connection is closed is whole if it had %s', (role, _, whole) => {
  const ends = states.map((oldState) => {
    const { told, table, open, move } = openTable();
    open(1, { role });
    move(1, '>', request);
    move(1, '<', endless);
    table.closed({ timeNs: HOUR_NS, conn: 1, oldState, newState: 7, isShed: false });
    return told.join();
  });
  expect(ends).toEqual(
    states.map((state) => `/a 200 ${(whole as readonly number[]).includes(state) ? 'closed' : 'aborted'}`),
  );
});

test.each([
  ['server', ['/a 200 closed']],
  ['client', []],
] as const)('the FIN of a %s ends what it sends: %j', (role, expected) => {
  const { told, table, open, move } = openTable();
  open(1, { role });
  move(1, '>', request);
  move(1, '<', endless);
  table.closed({ timeNs: HOUR_NS, conn: 1, oldState: 1, newState: 4, isShed: false });
  expect(told).toEqual(expected);
  table.ended(1, role === 'server' ? 1 : 0, false);
  expect(told).toEqual(['/a 200 closed']);
});

test.each(['closed', 'ended'] as const)(
  'what was left out of a connection when it %s is lost, and nothing is told of it',
  (how) => {
    const { told, table, open, move } = openTable();
    open(1);
    move(1, '>', request + request);
    if (how === 'closed') table.closed({ timeNs: HOUR_NS, conn: 1, oldState: 1, newState: 7, isShed: true });
    else table.ended(1, 1, true);
    expect(told).toEqual(['lost 2']);
  },
);

test('a socket that was disconnected and is connected again is told, though the end of its first connection is read late', () => {
  const { told, table, open, move } = openTable();
  open(1);
  move(1, '>', request);
  move(1, '<', response);
  open(1, { openedNs: HOUR_NS });
  move(1, '>', request);
  table.closed({ timeNs: HOUR_NS - 1, conn: 1, oldState: 1, newState: 7, isShed: false });
  move(1, '<', response);
  expect(told).toEqual(['/a 200 complete', '/a 200 complete']);
});
