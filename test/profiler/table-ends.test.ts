/** Connections that end without word, and those that turn out not to speak HTTP: what is told of them, and to the kernel. */
import { expect, test } from 'vitest';
import { HOUR_NS, openTable, SECOND_NS } from '../helpers/connections.ts';

const request = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const endless = 'HTTP/1.1 200 OK\r\n\r\nhi';

test.each([
  ['a TCP connection that the kernel still has is left alone, for hours', false, true, 5 * HOUR_NS, false],
  ['a TCP connection that the kernel no longer has is over', false, false, HOUR_NS, true],
  ['a Unix connection that the kernel no longer has is over', true, false, HOUR_NS, true],
  ['a Unix connection whose request waits may wait for minutes', true, true, 600 * SECOND_NS, false],
  ['a Unix connection whose request waits may wait for hours', true, true, 5 * HOUR_NS, false],
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

test.each([
  ['server', true, '/a 200 closed'],
  ['client', true, '/a 200 aborted'],
  ['server', false, undefined],
] as const)(
  'a Unix connection that its %s has left without a word is over once it is asked: %j',
  (role, isGone, said) => {
    const { told, kernel, table, open, move } = openTable({ isUnix: true, isOpen: !isGone });
    open(1, { role });
    move(1, '>', request);
    move(1, '<', endless);
    table.endGone(table.findGone(1.5 * SECOND_NS));
    expect([kernel, told]).toEqual([[], []]);
    table.endGone(table.findGone(2 * SECOND_NS));
    expect([kernel, told]).toEqual(said === undefined ? [[], []] : [['forget 2 1'], [said]]);
  },
);

test('a TCP connection is not asked whether anybody has it', () => {
  const { table, open, move } = openTable({ isOpen: false });
  open(1);
  move(1, '>', request);
  expect(table.findGone(HOUR_NS)).toEqual([]);
});

test('of tens of thousands of TCP connections none is looked at once a second', () => {
  const { table } = openTable();
  let looks = 0;
  const open = { conn: 1, sock: 2n, peer: 0n, requestDirection: 0, local: '10.0.0.1:80', remote: '10.0.0.2:9' };
  const counted = {
    ...open,
    get isUnix() {
      looks++;
      return false;
    },
  };
  table.opened(counted, 0);
  looks = 0;
  expect(table.findGone(HOUR_NS)).toEqual([]);
  expect(looks).toBe(0);
});

test('a Unix connection is asked the more seldom the longer it is silent, and what was read since it was asked is told', () => {
  const { told, table, open, move, asked } = openTable({ isUnix: true, isOpen: true });
  open(1);
  move(1, '>', request);
  for (let second = 1; second <= 64; second++) table.findGone(SECOND_NS + second * SECOND_NS);
  expect(asked.length).toBe(7);
  const other = openTable({ isUnix: true, isOpen: false });
  other.open(1);
  other.move(1, '>', request);
  const gone = other.table.findGone(2 * SECOND_NS);
  other.move(1, '<', response, 3 * SECOND_NS);
  other.table.endGone(gone);
  expect(other.told).toEqual(['/a 200 complete']);
  expect([told, other.kernel]).toEqual([[], []]);
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
    const { told, open, move, close } = openTable();
    open(1, { role });
    move(1, '>', request);
    move(1, '<', endless);
    close(1, { oldState });
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
  const { told, open, move, close, end } = openTable();
  open(1, { role });
  move(1, '>', request);
  move(1, '<', endless);
  close(1, { newState: 4 });
  expect(told).toEqual(expected);
  end(1, role === 'server' ? 1 : 0);
  expect(told).toEqual(['/a 200 closed']);
});

test.each(['closed', 'ended'] as const)(
  'what was left out of a connection when it %s is lost, and nothing is told of it',
  (how) => {
    const { told, open, move, close, end } = openTable();
    open(1);
    move(1, '>', request + request);
    if (how === 'closed') close(1, { isShed: true });
    else end(1, 1, true);
    expect(told).toEqual(['lost 2']);
  },
);

test('a socket that was disconnected and is connected again is told, though the end of its first connection is read late', () => {
  const { told, open, move, close } = openTable();
  open(1);
  move(1, '>', request);
  move(1, '<', response);
  open(1, { openedNs: HOUR_NS });
  move(1, '>', request);
  close(1, { timeNs: HOUR_NS - 1 });
  move(1, '<', response);
  expect(told).toEqual(['/a 200 complete', '/a 200 complete']);
});

test.each([
  ['server', 'close'],
  ['client', 'close'],
  ['client', 'end'],
] as const)('what was not seen when a %s’s connection ends is lost and no abort: told by its %s', (role, how) => {
  const ends = (lose: (table: ReturnType<typeof openTable>) => void) => {
    const seen = openTable();
    seen.open(1, { role });
    for (const [way, text] of [
      ['>', request],
      ['<', response],
      ['>', request],
    ] as const)
      seen.move(1, way, text);
    lose(seen);
    if (how === 'end') seen.end(1, 0);
    seen.close(1);
    return seen.told;
  };
  const first = '/a 200 complete';
  expect(ends(() => {})).toEqual([first, '/a - aborted']);
  expect(ends(({ miss }) => miss(1, '<', response))).toEqual([first, 'lost 1']);
  expect(ends(({ miss }) => miss(1, '<', response.slice(0, 20)))).toEqual([first, 'lost 1']);
  // The FIN of a client has a place in what it sends.
  expect(ends(({ miss }) => miss(1, '>', '.'))).toEqual([first, '/a - aborted']);
  expect(
    ends(({ move, miss }) => {
      move(1, '<', response.slice(0, -2));
      miss(1, '<', response.slice(-2));
    }),
  ).toEqual([first, first]);
  // Another one whose answer came, or did not.
  expect(
    ends(({ move, miss }) => {
      move(1, '<', response);
      miss(1, '>', request);
      move(1, '<', response);
    }),
  ).toEqual([first, first, 'lost 1']);
});

test('a request of which nothing was seen, nor of its answer, is lost when its connection ends, also where that rested', () => {
  const { told, table, open, move, miss, close } = openTable();
  for (const conn of [1, 2]) {
    open(conn);
    move(conn, '>', request);
    move(conn, '<', response);
    table.giveUp(HOUR_NS);
  }
  miss(1, '>', request);
  miss(1, '<', response);
  for (const conn of [1, 2]) close(conn);
  expect(told).toEqual(['/a 200 complete', '/a 200 complete', 'lost 1']);
});

test('where a socket was connected again, its places are not those of the connection that was closed', () => {
  const { told, open, move, close } = openTable();
  open(1, { role: 'client' });
  move(1, '>', request);
  close(1, { oldState: 7, ends: [9_000, 9_000] });
  expect(told).toEqual(['/a - aborted']);
});

const upload = 'POST /a HTTP/1.1\r\nContent-Length: 2000\r\n\r\n';
const refused = 'HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n';

test.each(['server', 'client'] as const)(
  'the rest of a refused upload, moved by a %s when its connection is over, is no request, whatever it begins with',
  (role) => {
    for (const isTold of [true, false]) {
      const { told, open, move, close, end } = openTable();
      open(1, { role });
      move(1, '>', upload);
      move(1, '<', refused);
      if (role === 'client') end(1, 0);
      // The end may be told later than what is moved behind it.
      if (isTold) close(1);
      for (let part = 0; part < 3; part++) {
        open(1, { role });
        move(1, '>', request + request + 'T /b HTTP/1.1\r\n');
        if (isTold) close(1, { oldState: 7 });
      }
      close(1, { oldState: 7 });
      expect(told).toEqual(['/a 413 complete']);
    }
  },
);

test.each([
  ['half a head', 'GET /a HTTP/1.1\r\nHost:', ['/a - aborted']],
  ['a head that was refused before it had come', `GET /${'a'.repeat(9_000)}`, ['lost 1']],
])('%s has its rest behind the end of its connection', (_, text, expected) => {
  const { told, open, move, close } = openTable();
  open(1);
  move(1, '>', text);
  if (expected[0] === 'lost 1') move(1, '<', refused);
  close(1);
  open(1);
  move(1, '>', `GET /b HTTP/1.1\r\n\r\n`);
  close(1, { oldState: 7 });
  expect(told).toEqual(expected);
});

test('a request that waited behind a whole one when its connection was over is told, and so is one on a socket that is connected anew', () => {
  const { told, table, open, move, close } = openTable();
  open(1);
  move(1, '>', request);
  close(1);
  open(1);
  move(1, '>', request);
  close(1, { oldState: 7 });
  expect(told).toEqual(['/a - aborted', '/a - aborted']);

  open(2, { role: 'client' });
  move(2, '>', upload);
  close(2);
  const anew = {
    conn: 2,
    sock: 3n,
    peer: 0n,
    isUnix: false,
    requestDirection: 1,
    local: '10.0.0.1:81',
    remote: '10.0.0.2:9',
  };
  table.opened(anew, 2 * HOUR_NS);
  move(2, '>', request);
  move(2, '<', response);
  expect(told.slice(2)).toEqual(['/a - aborted', '/a 200 complete']);
});

test('where requests are not read any more, answers say how many there were', () => {
  const { told, open, move, close } = openTable();
  open(1);
  move(1, '>', `GET /a b HTTP/1.1\r\n\r\n${request}${request}`);
  move(1, '<', response);
  move(1, '<', response);
  move(1, '<', response);
  close(1);
  expect(told).toEqual(['/a b 200 complete', 'lost 2']);
});

test('an answer to a part of a request is told, and not lost, where more was said behind it', () => {
  const { told, open, move, end, close } = openTable();
  open(1);
  move(1, '>', upload);
  move(1, '<', refused);
  move(1, '<', 'what a server that takes the rest for a request says in HTTP/0.9');
  end(1, 1);
  close(1);
  expect(told).toEqual(['/a 413 complete']);
});
