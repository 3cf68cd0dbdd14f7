/** A table of made-up connections: what it tells of them, and what it wants the kernel to do. */
import type { Exchange } from '../../container/profiler/src/exchange.ts';
import type { CloseRecord } from '../../container/profiler/src/records.ts';
import { Table } from '../../container/profiler/src/table.ts';
import { inRing, someone } from './wire.ts';

export const SECOND_NS = 1e9;
export const HOUR_NS = 3_600 * SECOND_NS;

type Opening = {
  readonly role?: 'server' | 'client';
  readonly sock?: bigint;
  readonly peer?: bigint;
  readonly openedNs?: number;
};

/** `isOpen`: what the kernel says of every connection. */
export function openTable({ isUnix = false, isOpen = true, salt = 'salt' } = {}) {
  const exchanges: Exchange[] = [];
  const told: string[] = [];
  const kernel: string[] = [];
  /** Connections of which it was asked whether anybody has their socket. */
  const asked: number[] = [];
  const table = new Table(
    {
      ignore: (sock, conn) => kernel.push(`ignore ${sock} ${conn}`),
      forget: (sock, conn) => kernel.push(`forget ${sock} ${conn}`),
      passOver: (conn, _, { requestsUntil = '-', responsesUntil = '-' }) =>
        kernel.push(`pass ${conn} ${requestsUntil} ${responsesUntil}`),
      isOpen: () => isOpen,
      isStillOpen: (_, conn) => {
        asked.push(conn);
        return isOpen;
      },
    },
    {
      exchange: (exchange) => {
        exchanges.push(exchange);
        told.push(`${exchange.target} ${exchange.status ?? '-'} ${exchange.end}`);
      },
      lost: (count) => told.push(`lost ${count}`),
    },
    salt,
  );
  const places = new Map<number, { readonly requests: number; '>': number; '<': number }>();
  const open = (
    conn: number,
    { role = 'server', sock = BigInt(conn + 1), peer = 0n, openedNs = 0 }: Opening = {},
  ): void => {
    const ends = isUnix ? { local: 'unix:/a', remote: 'unix:' } : { local: '10.0.0.1:80', remote: '10.0.0.2:9' };
    const requestDirection = role === 'server' ? 0 : 1;
    places.set(conn, { requests: requestDirection, '>': 100, '<': isUnix ? 0 : 900 });
    table.opened({ conn, sock, peer, isUnix, requestDirection, ...ends }, openedNs);
  };
  /** Nobody sees what moves. */
  const miss = (conn: number, way: '>' | '<', text: string): void => {
    const place = places.get(conn);
    if (place) place[way] += text.length;
  };
  const move = (conn: number, way: '>' | '<', text: string, timeNs = SECOND_NS): void => {
    const place = places.get(conn) ?? { requests: 0, '>': 100, '<': 900 };
    const bytes = { length: text.length, cap: text.length, ...inRing(text), framed: undefined } as const;
    const piece = { offset: place[way], ...bytes };
    const other = way === '<' && place.requests === 1 ? place['>'] : 0;
    place[way] += text.length;
    const direction = way === '>' ? place.requests : 1 - place.requests;
    table.moved(conn, direction, { ...piece, gap: 'none', other, timeNs, who: someone });
  };
  /** Where the streams stand that take the requests and the answers. */
  const endsOf = (conn: number): readonly [number, number] => {
    const { requests, ...at } = places.get(conn) ?? { requests: 0, '>': 100, '<': 900 };
    return requests === 0 ? [at['>'], at['<']] : [at['<'], at['>']];
  };
  const close = (conn: number, how: Partial<CloseRecord> = {}): void =>
    table.closed({ timeNs: HOUR_NS, conn, oldState: 1, newState: 7, isShed: false, ends: endsOf(conn), ...how });
  const end = (conn: number, direction: number, isShed = false): void =>
    table.ended({ conn, direction, offset: endsOf(conn)[direction] ?? 0, isShed });
  return { exchanges, told, kernel, asked, table, open, move, miss, close, end };
}
