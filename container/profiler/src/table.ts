/** All connections that are followed, by the kernel's number for them. */
import { Connection } from './connection.ts';
import type { Exchange, Process } from './exchange.ts';
import { tcpLink, UnixLinks } from './links.ts';
import type { CloseRecord, OpenRecord } from './records.ts';
import type { Piece } from './streams.ts';

/** What the table wants the kernel to do. */
export type KernelSide = {
  readonly ignore: (sock: bigint, conn: number) => void;
  readonly forget: (sock: bigint, conn: number) => void;
  readonly isOpen: (sock: bigint, conn: number) => boolean;
};

export type TableEvents = {
  readonly exchange: (exchange: Exchange) => void;
  /** Exchanges that cannot be told, because bytes of their connection are missing. */
  readonly lost: (exchanges: number) => void;
};

type Entry = {
  readonly open: OpenRecord;
  readonly connection: Connection;
  lastNs: number;
  /** Unix sockets: whether no more requests will come. */
  hasEnded: boolean;
};

/** Connections that began like HTTP/1 and were not, until the kernel is told not to try again. */
const MAX_MISTAKES = 3;
const MAX_REMEMBERED_MISTAKES = 1024;
/** How long bytes may be late: two processors write into one ring. */
const LATE_NS = 100e6;
/** How long a connection is silent before it is asked whether it still exists. */
const SILENT_NS = 60e9;
/** How long a Unix one with an exchange under way may be: nothing says that both its ends went without a word. */
const GONE_NS = 3600e9;
/** As the kernel numbers the states of a TCP connection. */
export const TCP_CLOSE = 7;
/** States that a connection reaches after it has sent its FIN. */
const SENT_FIN = new Set([4, 5, 6, 9, 11]);
/** States that it reaches after it has received one. */
const RECEIVED_FIN = new Set([6, 8, 9, 11]);

export class Table {
  readonly #entries = new Map<number, Entry>();
  readonly #mistakes = new Map<number, number>();
  readonly #kernel: KernelSide;
  readonly #events: TableEvents;
  readonly #unixLinks: UnixLinks;

  constructor(kernel: KernelSide, events: TableEvents, salt: string) {
    this.#kernel = kernel;
    this.#events = events;
    this.#unixLinks = new UnixLinks(salt);
  }

  get size(): number {
    return this.#entries.size;
  }

  opened(open: OpenRecord, timeNs: number): void {
    this.#entries.get(open.conn)?.connection.closed(false);
    const role = open.requestDirection === 0 ? 'server' : 'client';
    const linkOf = open.isUnix ? this.#unixLinks.open(open) : tcpLink;
    const connection = new Connection(
      { role, local: open.local, remote: open.remote, knowsOrder: role === 'client' && !open.isUnix, linkOf },
      {
        exchange: this.#events.exchange,
        lost: this.#events.lost,
        finished: (why) => this.#finished(open, why),
      },
    );
    this.#entries.set(open.conn, { open, connection, lastNs: timeNs, hasEnded: false });
  }

  moved(conn: number, direction: number, piece: Piece<Process>): void {
    const entry = this.#entries.get(conn);
    if (entry === undefined) return;
    entry.lastNs = piece.timeNs;
    if (direction === entry.open.requestDirection) entry.connection.request(piece);
    else entry.connection.response(piece);
  }

  /** No more bytes will come in a direction; `isShed` if some were left out. */
  ended(conn: number, direction: number, isShed: boolean): void {
    const entry = this.#entries.get(conn);
    if (entry === undefined) return;
    if (isShed) entry.connection.leftOut();
    const isRequests = direction === entry.open.requestDirection;
    if (isRequests) entry.hasEnded = true;
    else if (entry.open.isUnix) this.#close(entry, true);
    else entry.connection.responsesEnded(true);
  }

  closed({ conn, oldState, newState, isShed }: CloseRecord): void {
    const entry = this.#entries.get(conn);
    if (entry === undefined) return;
    if (isShed) entry.connection.leftOut();
    const isServer = entry.open.requestDirection === 0;
    if (newState !== TCP_CLOSE) {
      // The FIN of a server ends its responses; that of a client its requests only.
      if (isServer) entry.connection.responsesEnded(true);
      return;
    }
    this.#entries.delete(conn);
    entry.connection.closed((isServer ? SENT_FIN : RECEIVED_FIN).has(oldState));
  }

  /** Gives up on bytes that are late. */
  giveUp(nowNs: number): void {
    for (const entry of this.#entries.values()) entry.connection.giveUpBefore(nowNs - LATE_NS);
  }

  /** Forgets connections that ended without word: Unix sockets, and TCP ones whose word was lost. */
  sweep(nowNs: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.lastNs > nowNs - SILENT_NS) continue;
      if (this.#isOver(entry, nowNs)) this.#close(entry, false);
    }
  }

  #isOver({ open, connection, hasEnded, lastNs }: Entry, nowNs: number): boolean {
    if (!this.#kernel.isOpen(open.sock, open.conn)) return true;
    if (!open.isUnix) return false;
    return !connection.isBusy || hasEnded || lastNs <= nowNs - GONE_NS;
  }

  /** Forgets everything; returns how many exchanges were under way. */
  clear(): number {
    let underWay = 0;
    for (const { connection } of this.#entries.values()) underWay += connection.underWay;
    this.#entries.clear();
    return underWay;
  }

  #close(entry: Entry, inOrder: boolean): void {
    this.#entries.delete(entry.open.conn);
    this.#kernel.forget(entry.open.sock, entry.open.conn);
    entry.connection.closed(inOrder);
  }

  /** What looked like a request in the middle of something else may be followed by real ones. */
  #finished(open: OpenRecord, why: 'not-http' | 'upgraded'): void {
    if (this.#entries.get(open.conn)?.open !== open) return;
    const mistakes = (this.#mistakes.get(open.conn) ?? 0) + 1;
    if (why === 'upgraded' || mistakes >= MAX_MISTAKES) {
      this.#mistakes.delete(open.conn);
      this.#kernel.ignore(open.sock, open.conn);
      return;
    }
    if (this.#mistakes.size > MAX_REMEMBERED_MISTAKES) this.#mistakes.clear();
    this.#mistakes.set(open.conn, mistakes);
    this.#entries.delete(open.conn);
    this.#kernel.forget(open.sock, open.conn);
  }
}
