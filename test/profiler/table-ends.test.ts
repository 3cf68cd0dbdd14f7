/** Connections that end without word, and those that turn out not to speak HTTP: what is told of them, and to the kernel. */
import { expect, test } from 'vitest';
import type { Exchange } from '../../container/profiler/src/exchange.ts';
import { Table } from '../../container/profiler/src/table.ts';
import { someone } from '../helpers/wire.ts';

const SECOND_NS = 1e9;
const HOUR_NS = 3_600 * SECOND_NS;
const request = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

function openTable({ isUnix, isOpen }: { readonly isUnix: boolean; readonly isOpen: boolean }) {
  const told: string[] = [];
  const kernel: string[] = [];
  const table = new Table(
    {
      ignore: (sock, conn) => kernel.push(`ignore ${sock} ${conn}`),
      forget: (sock, conn) => kernel.push(`forget ${sock} ${conn}`),
      isOpen: () => isOpen,
    },
    {
      exchange: ({ target, status, end }: Exchange) => told.push(`${target} ${status ?? '-'} ${end}`),
      lost: () => expect.unreachable(),
    },
    'salt',
  );
  const offsets = [100, 900];
  const open = (conn: number): void => {
    const ends = isUnix ? { local: 'unix:/a', remote: 'unix:' } : { local: '10.0.0.1:80', remote: '10.0.0.2:9' };
    table.opened({ conn, sock: BigInt(conn + 1), peer: 0n, isUnix, requestDirection: 0, ...ends }, 0);
  };
  const move = (conn: number, direction: 0 | 1, text: string): void => {
    const bytes = Buffer.from(text, 'latin1');
    const offset = offsets[direction] ?? 0;
    offsets[direction] = offset + bytes.length;
    const piece = { offset, length: bytes.length, cap: bytes.length, bytes, from: 0, framed: undefined } as const;
    table.moved(conn, direction, { ...piece, gap: 'none', other: 0, timeNs: SECOND_NS, who: someone });
  };
  return { told, kernel, table, open, move };
}

test.each([
  ['a TCP connection that the kernel still has is left alone, for hours', false, true, 5 * HOUR_NS, false],
  ['a TCP connection that the kernel no longer has is over', false, false, HOUR_NS, true],
  ['a Unix connection that the kernel no longer has is over', true, false, HOUR_NS, true],
  ['a Unix connection whose request waits may wait for minutes', true, true, 600 * SECOND_NS, false],
  ['a Unix connection whose request waits is over after hours', true, true, 5 * HOUR_NS, true],
])('%s', (_, isUnix, isOpen, afterNs, isOver) => {
  const { told, kernel, table, open, move } = openTable({ isUnix, isOpen });
  open(1);
  move(1, 0, request);
  table.sweep(SECOND_NS + afterNs);
  expect(kernel).toEqual(isOver ? ['forget 2 1'] : []);
  expect(told).toEqual(isOver ? ['/a - aborted'] : []);
  move(1, 1, response);
  expect(told).toEqual([isOver ? '/a - aborted' : '/a 200 complete']);
});

test('a Unix connection on which nothing waits is over as soon as it has been silent for long', () => {
  const { told, kernel, table, open, move } = openTable({ isUnix: true, isOpen: true });
  open(1);
  move(1, 0, request);
  move(1, 1, response);
  table.sweep(SECOND_NS + 600 * SECOND_NS);
  expect(kernel).toEqual(['forget 2 1']);
  expect(told).toEqual(['/a 200 complete']);
});

test('a connection that is not HTTP after all may be taken for it some times, and is then left alone', () => {
  const { told, kernel, open, move } = openTable({ isUnix: false, isOpen: true });
  for (let time = 0; time < 10 && !kernel.includes('ignore 2 1'); time++) {
    open(1);
    move(1, 0, 'GET what is no request\r\n\r\n');
  }
  expect(kernel).toEqual(['forget 2 1', 'forget 2 1', 'ignore 2 1']);
  expect(told).toEqual([]);
});

test('a connection that was left alone, because a long body seemed to be another protocol, is told again after some seconds', () => {
  const { told, kernel, table, open, move } = openTable({ isUnix: false, isOpen: true });
  const line = '2026-11-28 10:46:33 a line of a log\n';
  while (!kernel.includes('ignore 2 1')) {
    open(1);
    move(1, 0, line);
  }
  table.sweep(5 * SECOND_NS);
  expect(kernel.at(-1)).toBe('ignore 2 1');
  table.sweep(11 * SECOND_NS);
  expect(kernel.at(-1)).toBe('forget 2 1');
  open(1);
  move(1, 0, request);
  move(1, 1, response);
  expect(told).toEqual(['/a 200 complete']);
});

test('a connection that went over to another protocol is left alone for good', () => {
  const { told, kernel, table, open, move } = openTable({ isUnix: false, isOpen: true });
  open(1);
  move(1, 0, request);
  move(1, 1, 'HTTP/1.1 101 Switching Protocols\r\n\r\n');
  table.sweep(HOUR_NS);
  expect(kernel).toEqual(['ignore 2 1']);
  expect(told).toEqual(['/a 101 upgraded']);
});
