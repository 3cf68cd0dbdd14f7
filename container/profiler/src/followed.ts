/** A connection that is followed: what is needed to go on with it is kept, and the rest made when something moves. */
import { Connection } from './connection/connection.ts';
import type { KnownBodies } from './connection/known.ts';
import type { ConnectionInfo } from './connection/line.ts';
import type { Piece } from './connection/piece.ts';
import { isBetweenRequests, newStanding, type Standing } from './connection/standing.ts';
import type { Exchange, Process } from './exchange.ts';
import * as layout from './layout.ts';
import type { OpenRecord } from './records.ts';

/** `exchangesLost`: bytes of their connection are missing, or not understood. `exchangesDropped`: there were too many. */
export type LossKind = 'exchangesLost' | 'exchangesDropped';

export type FollowedEvents = {
  readonly exchange: (exchange: Exchange) => void;
  /** Exchanges that cannot be told. */
  readonly lost: (exchanges: number, kind: LossKind) => void;
  readonly finished: (followed: Followed, why: 'not-http' | 'upgraded') => void;
  /** It rests no longer. */
  readonly woke: (followed: Followed) => void;
};

/** What a connection takes while it does not rest, besides what is under way on it. */
const CONNECTION_BYTES = 2_400;
/** When so much of one was copied that the kernel does not follow, it is told what it may pass over: that costs less than this. */
const MANY_BYTES = 16_384;
/** What the line of one takes that rests, besides those in it. */
const LINE_BYTES = 256;

export class Followed {
  readonly open: OpenRecord;
  readonly openedNs: number;
  lastNs: number;
  /** About how much memory it takes besides what is kept of one that rests with nothing under way. */
  heldBytes = 0;
  /** Unix sockets: when the kernel was asked whether anybody has it. */
  askedNs = 0;
  /** The kernel tells nothing more of it, because it seemed to speak something else. */
  isIgnored = false;
  /** The table has it no more. */
  isForgotten = false;
  /** Whether a process moved bytes of it that the settings do not leave out: what is lost of others is not counted. */
  isWanted = false;
  readonly #events: FollowedEvents;
  readonly #linkOf: ConnectionInfo['linkOf'];
  /** What was copied because the kernel does not know where heads begin, since it was told where a request does. */
  #copiedBytes = 0;
  /** The same since it was told anything. */
  #untoldBytes = 0;
  /** While something moves. */
  #connection: Connection | undefined;
  /** While it rests, and something was known of it before. */
  #standing: Standing | undefined;

  constructor(open: OpenRecord, linkOf: ConnectionInfo['linkOf'], timeNs: number, events: FollowedEvents) {
    this.open = open;
    this.openedNs = timeNs;
    this.lastNs = timeNs;
    this.#linkOf = linkOf;
    this.#events = events;
  }

  /** Whether requests are received here. */
  get isServer(): boolean {
    return this.open.requestDirection === layout.direction.received;
  }

  get isBusy(): boolean {
    return this.#connection?.isBusy ?? this.#waiting > 0;
  }

  get isResting(): boolean {
    return this.#connection === undefined;
  }

  /** What comes next of its requests is of one that has begun, or of what is none. */
  get isMidRequest(): boolean {
    return this.#connection?.isMidRequest ?? (this.#standing !== undefined && !isBetweenRequests(this.#standing));
  }

  /** The connection itself. */
  wake(): Connection {
    if (this.#connection !== undefined) return this.#connection;
    const { open } = this;
    const role = this.isServer ? 'server' : 'client';
    const knowsOrder = role === 'client' && !open.isUnix;
    this.#connection = new Connection(
      { role, local: open.local, remote: open.remote, knowsOrder, linkOf: this.#linkOf },
      {
        exchange: this.#events.exchange,
        lost: (exchanges) => this.#lost(exchanges, 'exchangesLost'),
        finished: (why) => this.#events.finished(this, why),
      },
      // Where a Unix connection is first seen, its bytes are counted from 0.
      this.#standing ?? newStanding(open.isUnix ? 0 : undefined),
    );
    this.#standing = undefined;
    this.#events.woke(this);
    return this.#connection;
  }

  /** After a piece was taken: what the kernel need not copy, where it has copied much; undefined where nothing is to be told. */
  takeKnown({ framed, cap }: Piece<Process>): KnownBodies | undefined {
    if (framed !== undefined) return undefined;
    this.#copiedBytes += cap;
    this.#untoldBytes += cap;
    if (this.#copiedBytes < MANY_BYTES) return undefined;
    const known = this.#connection?.known;
    const tellsRequest = known?.requestsUntil !== undefined;
    if (!tellsRequest && this.#untoldBytes < MANY_BYTES) return undefined;
    if (tellsRequest) this.#copiedBytes = 0;
    if (known !== undefined) this.#untoldBytes = 0;
    return known;
  }

  /** Nothing more of it will be read: how many exchanges are left under way. */
  countLeft(): number {
    this.#connection?.giveUpBefore(Number.POSITIVE_INFINITY);
    if (!this.isWanted) return 0;
    return this.#connection?.left ?? this.#waiting;
  }

  /** Keeps no more than is needed to go on, unless it is in the middle of a message. */
  rest(): void {
    if (this.#connection === undefined) return;
    this.#standing = this.#connection.rest();
    if (this.#standing !== undefined) this.#connection = undefined;
  }

  /** Nothing of it is told. */
  leaveAlone(): void {
    this.wake().standing.isFinished = true;
    this.rest();
  }

  /** Gives up what is under way. */
  drop(): void {
    this.#lost(this.wake().drop(), 'exchangesDropped');
    this.rest();
  }

  /** So far its streams went, by direction: what has not come of them was not seen. */
  endAt(ends: readonly [number, number]): void {
    const { requestDirection } = this.open;
    const requestsEnd = ends[requestDirection] ?? 0;
    // Where it rests with nothing under way only a request can be missing.
    if (!this.isBusy && this.#standing?.requestsAt.next === (requestsEnd | 0)) return;
    this.wake().endAt(requestsEnd, ends[1 - requestDirection] ?? 0);
  }

  /** It is over; `inOrder` if all that was sent was also handed over. */
  end(inOrder: boolean): void {
    if (this.isBusy) this.wake().closed(inOrder);
  }

  /** Weighs it anew, and returns by how much it has become heavier. */
  weigh(): number {
    const before = this.heldBytes;
    this.heldBytes =
      this.#connection === undefined ? this.#restingBytes() : CONNECTION_BYTES + this.#connection.heldBytes;
    return this.heldBytes - before;
  }

  #lost(exchanges: number, kind: LossKind): void {
    if (this.isWanted) this.#events.lost(exchanges, kind);
  }

  /** How many requests wait while it rests. */
  get #waiting(): number {
    return this.#standing?.line?.length ?? 0;
  }

  #restingBytes(): number {
    const line = this.#standing?.line;
    return line === undefined ? 0 : LINE_BYTES + line.heldBytes;
  }
}
