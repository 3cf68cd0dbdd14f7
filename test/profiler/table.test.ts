/** All connections together: what rests goes on where it stood, and what is under way takes no more memory than it may. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Exchange } from '../../container/profiler/src/exchange.ts';
import { Table } from '../../container/profiler/src/table.ts';
import { someone } from '../helpers/wire.ts';

const MAX_HELD_BYTES = 48 << 20;
const SECOND_NS = 1e9;
const LATER_NS = 3_600 * SECOND_NS;
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

/** A table whose connections are opened by their first bytes; every piece comes a microsecond after the one before. */
function openTable(who = someone) {
  const told: string[] = [];
  const lost = { exchangesLost: 0, exchangesDropped: 0 };
  const nothing = (): void => {};
  const table = new Table(
    { ignore: nothing, forget: nothing, passOver: nothing, isOpen: () => true, isStillOpen: () => true },
    {
      exchange: ({ target, status, end }: Exchange) => told.push(`${target} ${status ?? '-'} ${end}`),
      lost: (exchanges, kind) => {
        lost[kind] += exchanges;
      },
    },
    'salt',
  );
  const places = new Map<number, [number, number]>();
  let timeNs = 0;
  const open = (conn: number, sock = BigInt(conn), isUnix = false): [number, number] => {
    const record = { conn, sock, peer: 0n, isUnix, requestDirection: 0 };
    table.opened({ ...record, local: '10.0.0.1:80', remote: `10.0.0.2:${conn}` }, timeNs);
    const place: [number, number] = isUnix ? [0, 0] : [1_000, 5_000];
    places.set(conn, place);
    return place;
  };
  const openUnix = (conn: number, sock: bigint) => open(conn, sock, true);
  const move = (conn: number, direction: 0 | 1, text: string, missing = 0): void => {
    const place = places.get(conn) ?? open(conn);
    const bytes = Buffer.from(text, 'latin1');
    const offset = place[direction] + missing;
    place[direction] = offset + bytes.length;
    timeNs += 1e3;
    const rest = { framed: undefined, gap: 'none', other: 0, timeNs, who } as const;
    table.moved(conn, direction, { offset, length: bytes.length, cap: bytes.length, bytes, from: 0, ...rest });
  };
  const close = (conn: number): void => {
    const ends = places.get(conn) ?? open(conn);
    table.closed({ timeNs: LATER_NS, conn, oldState: 1, newState: 7, isShed: false, ends });
  };
  const wait = (): void => {
    timeNs += 2 * SECOND_NS;
    table.giveUp(timeNs);
  };
  return {
    table,
    told,
    lost,
    openUnix,
    move,
    close,
    wait,
    count: () => told.length + lost.exchangesLost + lost.exchangesDropped,
  };
}

test('a connection that rests goes on where it stood', () => {
  const { told, lost, move, wait, table } = openTable();
  move(1, 0, get('/a'));
  move(1, 1, ok);
  wait();
  expect(table.heldBytes).toBe(0);
  move(1, 0, get('/b'));
  wait();
  move(1, 1, ok.slice(0, 9));
  wait();
  move(1, 1, ok.slice(9));
  wait();
  move(1, 0, get('/c'), 40);
  wait();
  expect([told, lost.exchangesLost]).toEqual([['/a 200 complete', '/b 200 complete'], 2]);
});

test('what waits on a connection that rests is told when it is closed, and counted when all is forgotten', () => {
  const { told, move, close, wait, table } = openTable();
  for (const conn of [1, 2]) move(conn, 0, get(`/${conn}`));
  wait();
  close(1);
  expect(told).toEqual(['/1 - aborted']);
  expect(table.clear()).toBe(1);
  expect(table.heldBytes).toBe(0);
});

test('a request behind bytes that are missing is counted with them, although its connection ends before they are given up', () => {
  const { told, lost, move, close, table } = openTable();
  for (const conn of [1, 2]) {
    move(conn, 0, get('/a'));
    move(conn, 1, ok);
    move(conn, 0, get('/b'), 40);
  }
  close(1);
  const both = ['/a 200 complete', '/a 200 complete'];
  // What is missing may have been a request as well, which was not answered before the other.
  expect([told, lost.exchangesLost]).toEqual([both, 2]);
  expect([table.clear(), told, lost.exchangesLost]).toEqual([0, both, 4]);
});

test('a request on a connection that nobody has told of is counted, where it was asked for', () => {
  const { told, lost, table } = openTable();
  const move = (text: string, isWhole: boolean, isWanted = true): void => {
    const bytes = Buffer.from(text, 'latin1');
    const framed = isWhole ? { headBytes: bytes.length, bodyBytes: 0 } : undefined;
    const place = { offset: 1_000, length: bytes.length, cap: bytes.length, bytes, from: 0 };
    table.moved(7, 0, { ...place, framed, gap: 'none', other: 0, timeNs: 1, who: { ...someone, isWanted } });
  };
  move(get('/a'), true);
  move(ok, true);
  move('half a body', false);
  move(get('/not-wanted'), true, false);
  expect([told, lost.exchangesLost]).toEqual([[], 1]);
});

test('nothing is counted of what processes move that are left out, as they are told until that is decided', () => {
  const { lost, move, wait, table } = openTable({ ...someone, isWanted: false });
  for (const conn of [1, 2]) move(conn, 0, get('/a'));
  move(1, 0, get('/b'), 40);
  wait();
  expect([lost.exchangesLost, table.clear()]).toEqual([0, 0]);
});

test('as many connections as the kernel follows may each have a request that waits', { timeout: 30_000 }, () => {
  const { lost, move, close, wait, table } = openTable();
  for (let conn = 1; conn <= 65_536; conn++) move(conn, 0, get('/waits'));
  wait();
  expect(table.heldBytes).toBeLessThan(MAX_HELD_BYTES);
  for (let conn = 1; conn <= 65_536; conn++) close(conn);
  expect([table.heldBytes, lost.exchangesDropped]).toEqual([0, 0]);
});

test('a connection with too many requests that wait is given up, and all of them are counted', {
  timeout: 30_000,
}, () => {
  const { told, lost, move, table, count } = openTable();
  move(2, 0, get('/other'));
  const text = get('/p').repeat(300_000);
  for (let at = 0; at < text.length; at += 8_192) {
    move(1, 0, text.slice(at, at + 8_192));
    expect(table.heldBytes).toBeLessThanOrEqual(MAX_HELD_BYTES);
  }
  expect(lost.exchangesDropped).toBeGreaterThan(0);
  move(2, 1, ok);
  for (let piece = 0; piece < 1_000; piece++) move(1, 1, ok.repeat(300));
  expect([told, count()]).toEqual([['/other 200 complete'], 300_001]);
  expect(table.heldBytes).toBeLessThan(10_000);
});

test('heads that do not end take no more than they may, and are counted', { timeout: 30_000 }, () => {
  const { told, move, close, table, count } = openTable();
  const connections = 40_000;
  for (let conn = 1; conn <= connections; conn++) {
    move(conn, 0, `GET /${'t'.repeat(2_000)} HTTP/1.1\r\nX: ${'y'.repeat(8_000)}`);
    if (table.heldBytes > MAX_HELD_BYTES) break;
  }
  expect(table.heldBytes).toBeLessThanOrEqual(MAX_HELD_BYTES);
  for (let conn = 1; conn <= connections; conn++) close(conn);
  expect(count()).toBe(connections);
  expect(told.length).toBeGreaterThan(0);
  expect(table.heldBytes).toBe(0);
});

test('answers that are kept for requests to come weigh as well', () => {
  const { move, table } = openTable();
  move(1, 0, 'GET');
  for (let piece = 0; piece < 20; piece++) move(1, 1, 'x'.repeat(8_000));
  expect(table.heldBytes).toBeGreaterThan(160_000);
});

test('of a request that waits no more is kept than its first line', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const { move, wait, table } = openTable();
  collect();
  const before = process.memoryUsage().heapUsed;
  const head = `GET /a-target-of-some-length HTTP/1.1\r\nCookie: ${'c'.repeat(7_000)}\r\n\r\n`;
  for (let conn = 0; conn < 4_000; conn++) move(conn, 0, head);
  wait();
  collect();
  expect(table.heldBytes).toBeGreaterThan(4_000 * 500);
  expect((process.memoryUsage().heapUsed - before) / 4_000).toBeLessThan(3_000);
});

test.each(['Content-Length: ', 'Transfer-Encoding: '])(
  'a head takes no more memory for saying `%s` without end',
  (name) => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const { move, table } = openTable();
    const line = `${name}${'1'.repeat(980)}\r\n`;
    move(1, 0, 'GET /a HTTP/1.1\r\n');
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 40_000; count++) move(1, 0, line);
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10e6);
    expect(table.size).toBe(1);
  },
);

test('a Unix connection is over when the kernel has given the address of its socket to another', () => {
  const { table, told, lost, move, openUnix } = openTable();
  const answers = [ok, 'HTTP/1.1 200 OK\r\n\r\nas long as it lasts', '', ok];
  for (const [conn, answer] of answers.entries()) {
    openUnix(conn, 7n);
    move(conn, 0, get(`/${conn}`));
    if (answer !== '') move(conn, 1, answer);
  }
  openUnix(answers.length, 8n);
  expect(table.size).toBe(2);
  expect(told).toEqual(['/0 200 complete', '/1 200 closed', '/2 - aborted', '/3 200 complete']);
  expect(lost).toEqual({ exchangesLost: 0, exchangesDropped: 0 });
});

test.each([
  ['x', 0],
  ['GET /a HTT', 1],
  [get('/a'), 1],
])('of `%s`, %d exchanges are under way when all is forgotten', (text, count) => {
  const { table, move } = openTable();
  move(1, 0, text);
  expect(table.clear()).toBe(count);
});
