/** All connections that are followed, by the kernel's number for them. */
import { BrokenOff } from './broken-off.ts';
import type { Piece } from './connection/piece.ts';
import { isRequestHead } from './connection/starts.ts';
import type { Process } from './exchange.ts';
import { Followed, type FollowedEvents } from './followed.ts';
import { findGone, isOver } from './gone.ts';
import { Held } from './held.ts';
import type { KernelSide } from './kernel-side.ts';
import { tcpLink, UnixLinks } from './links.ts';
import { Mistakes } from './mistakes.ts';
import type { CloseRecord, EndRecord, OpenRecord } from './records.ts';
import { Slots } from './slots.ts';
import { endedInOrder, TCP_CLOSE } from './tcp-states.ts';
import { UnixSockets } from './unix-sockets.ts';

export type TableEvents = Pick<FollowedEvents, 'exchange' | 'lost'>;

/** How long nothing has moved on a connection that rests. */
const REST_NS = 1e9;
/** How long one is left alone that seems to be no HTTP: that may have been a long body, where it is older than the profiler. */
const IGNORED_NS = 10e9;
/** How long bytes may be late: two processors write into one ring. */
const LATE_NS = 100e6;
/** How long a connection is silent before it is asked whether it still exists. */
const SILENT_NS = 60e9;

export class Table {
  readonly #entries = new Slots<Followed>();
  /** Their numbers, where they do not rest: of tens of thousands most do. */
  readonly #awake = new Set<number>();
  readonly #mistakes = new Mistakes();
  readonly #brokenOff = new BrokenOff();
  readonly #kernel: KernelSide;
  readonly #events: FollowedEvents;
  readonly #unixLinks: UnixLinks;
  readonly #unixSockets = new UnixSockets();
  readonly #held = new Held();

  constructor(kernel: KernelSide, events: TableEvents, salt: string) {
    this.#kernel = kernel;
    const finished: FollowedEvents['finished'] = (entry, why) => this.#finished(entry, why);
    this.#events = { ...events, finished, woke: ({ open }) => this.#awake.add(open.conn) };
    this.#unixLinks = new UnixLinks(salt);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** About how much memory is held of exchanges under way. */
  get heldBytes(): number {
    return this.#held.bytes;
  }

  opened(open: OpenRecord, timeNs: number): void {
    const known = this.#entries.get(open.conn);
    if (known) this.#end(known, false);
    const linkOf = open.isUnix ? this.#unixLinks.open(open) : tcpLink;
    const entry = new Followed(open, linkOf, timeNs, this.#events);
    if (!open.isUnix && this.#brokenOff.has(open)) entry.leaveAlone();
    this.#entries.set(open.conn, entry);
    const before = open.isUnix ? this.#unixSockets.take(open) : undefined;
    const over = before === undefined ? undefined : this.#entries.get(before);
    // A server that closed it had nothing more to say.
    if (over) this.#end(over, over.isServer);
  }

  moved(conn: number, direction: number, piece: Piece<Process>): void {
    const entry = this.#entries.get(conn);
    if (entry === undefined) {
      // Its word did not come, or it was forgotten a moment ago: what is asked here can only be counted.
      if (piece.who.isWanted && isRequestHead(piece)) this.#events.lost(1, 'exchangesLost');
      return;
    }
    entry.lastNs = piece.timeNs;
    entry.isWanted ||= piece.who.isWanted;
    const connection = entry.wake();
    if (direction === entry.open.requestDirection) connection.request(piece);
    else connection.response(piece);
    const known = entry.takeKnown(piece);
    if (known !== undefined) this.#kernel.passOver(conn, entry.open.requestDirection, known, piece.timeNs);
    this.#held.weigh(entry);
    if (this.#held.isTooMuch) this.#held.relieve(this.#entries.list());
  }

  /** No more bytes will come in a direction, over TCP from `offset` on; `isShed` if some were left out. */
  ended({ conn, direction, offset, isShed }: EndRecord): void {
    const entry = this.#entries.get(conn);
    if (entry === undefined) return;
    if (isShed) entry.wake().leftOut();
    if (direction === entry.open.requestDirection) return;
    if (entry.open.isUnix) this.#close(entry, true);
    else if (entry.isBusy) {
      entry.wake().endAt(undefined, offset);
      this.#responsesEnded(entry);
    }
  }

  closed({ timeNs, conn, oldState, newState, isShed, ends }: CloseRecord): void {
    const entry = this.#entries.get(conn);
    // A socket that was disconnected may have been connected again before its end is told.
    if (entry === undefined || timeNs < entry.openedNs) return;
    if (isShed) entry.wake().leftOut();
    // Where it was closed before, its socket may have been connected again by then.
    if (oldState !== TCP_CLOSE) entry.endAt(ends);
    if (newState !== TCP_CLOSE) {
      // The FIN of a server ends its responses; that of a client its requests only.
      if (entry.isServer) this.#responsesEnded(entry);
      return;
    }
    this.#end(entry, endedInOrder(entry.isServer, oldState));
  }

  /** Gives up on bytes that are late, and lets connections rest where nothing moves. */
  giveUp(nowNs: number): void {
    for (const conn of this.#awake) {
      const entry = this.#entries.get(conn);
      if (entry === undefined || entry.isResting) {
        this.#awake.delete(conn);
        continue;
      }
      entry.wake().giveUpBefore(nowNs - LATE_NS);
      if (entry.lastNs <= nowNs - REST_NS) entry.rest();
      this.#held.weigh(entry);
    }
  }

  /** Forgets connections that ended without word: Unix sockets, and TCP ones whose word was lost. */
  sweep(nowNs: number): void {
    for (const entry of this.#entries.list()) {
      if (entry.isIgnored && entry.lastNs <= nowNs - IGNORED_NS) this.#letBegin(entry);
      else if (entry.lastNs <= nowNs - SILENT_NS && isOver(entry, this.#kernel)) this.#close(entry, false);
    }
  }

  /** Unix connections whose socket nobody has any more. */
  findGone(nowNs: number): readonly Followed[] {
    return findGone(this.#entries.listOf(this.#unixSockets.conns()), this.#kernel, nowNs);
  }

  /** They are over, but for those of which something was read since. A server that closed it had nothing more to say. */
  endGone(gone: readonly Followed[]): void {
    const over = gone.filter(({ isForgotten, lastNs, askedNs }) => !isForgotten && lastNs <= askedNs);
    for (const entry of over) this.#close(entry, entry.isServer);
  }

  /** Forgets everything; returns how many exchanges were under way. */
  clear(): number {
    let underWay = 0;
    for (const entry of this.#entries.list()) underWay += entry.countLeft();
    this.#entries.clear();
    this.#awake.clear();
    this.#unixSockets.clear();
    this.#held.bytes = 0;
    return underWay;
  }

  #close(entry: Followed, inOrder: boolean): void {
    this.#kernel.forget(entry.open.sock, entry.open.conn);
    this.#end(entry, inOrder);
  }

  /** Forgets an entry, and tells what was under way on it. */
  #end(entry: Followed, inOrder: boolean): void {
    this.#forget(entry);
    if (!entry.open.isUnix && entry.isMidRequest) this.#brokenOff.add(entry.open);
    entry.end(inOrder);
  }

  #forget(entry: Followed): void {
    if (this.#entries.get(entry.open.conn) !== entry) return;
    this.#entries.delete(entry.open.conn);
    this.#unixSockets.forget(entry.open);
    this.#held.forget(entry);
  }

  #responsesEnded(entry: Followed): void {
    if (!entry.isBusy) return;
    entry.wake().responsesEnded(true);
    this.#held.weigh(entry);
  }

  /** What looked like a request in the middle of something else may be followed by real ones. */
  #finished(entry: Followed, why: 'not-http' | 'upgraded'): void {
    if (this.#entries.get(entry.open.conn) !== entry) return;
    if (why === 'upgraded' || this.#mistakes.add(entry.open.conn)) {
      this.#kernel.ignore(entry.open.sock, entry.open.conn, entry.lastNs);
      entry.isIgnored = why === 'not-http';
      return;
    }
    this.#letBegin(entry);
  }

  #letBegin(entry: Followed): void {
    this.#forget(entry);
    this.#kernel.forget(entry.open.sock, entry.open.conn);
  }
}
