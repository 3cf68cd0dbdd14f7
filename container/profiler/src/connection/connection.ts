/**
 * One connection: two streams of pieces, and the line in which requests wait for their responses. Emits an exchange when
 * both are complete, or when the connection's end shows that they never will be.
 */
import type { Pending, Process } from '../exchange.ts';
import { type ConnectionEvents, countUnderWay, type Dialogue, forget, isHeadComing } from './dialogue.ts';
import { Early } from './early.ts';
import { endAt } from './end.ts';
import { giveUp } from './give-up.ts';
import { findKnownBodies, type KnownBodies } from './known.ts';
import { type ConnectionInfo, Line, PENDING_BYTES } from './line.ts';
import type { Piece } from './piece.ts';
import { createRequestReader } from './request-reader.ts';
import { takeRequest } from './requests.ts';
import { createResponseReader } from './response-reader.ts';
import { keepIfEarly, takeLate, takeResponse } from './responses.ts';
import { isBetweenRequests, newStanding, type Standing } from './standing.ts';
import { isOutOfStep, loseAnswers, loseExchanges, loseStep, stopFollowing } from './step.ts';
import { Stream } from './stream.ts';
import { countLeft, cutShort } from './unfinished.ts';

/** Its fields are for the files beside this one. */
export class Connection implements Dialogue {
  readonly info: ConnectionInfo;
  readonly events: ConnectionEvents;
  readonly standing: Standing;
  readonly requests: Stream<Process>;
  readonly responses: Stream<Process>;
  readonly line: Line;
  readonly early = new Early<Process>();
  arriving: Pending | undefined;
  doubtful: Pending | undefined;

  /** Goes on where one with the same info stood. */
  constructor(info: ConnectionInfo, events: ConnectionEvents, standing: Standing = newStanding()) {
    this.info = info;
    this.events = events;
    this.standing = standing;
    this.line = standing.line ?? new Line(info, events.exchange);
    const tooManyWait = (): void => this.giveUp();
    this.requests = new Stream(
      createRequestReader(this),
      { lost: () => loseStep(this), tooManyWait },
      standing.requestsAt,
    );
    this.responses = new Stream(
      createResponseReader(this),
      { lost: () => loseAnswers(this), tooManyWait, isEarly: (piece) => keepIfEarly(this, piece) },
      standing.responsesAt,
    );
  }

  /** About how much memory what is under way takes. */
  get heldBytes(): number {
    const alone = (isHeadComing(this) ? PENDING_BYTES : 0) + (this.doubtful === undefined ? 0 : PENDING_BYTES);
    return alone + this.requests.heldBytes + this.responses.heldBytes + this.line.heldBytes + this.early.heldBytes;
  }

  /** How it stands, if nothing is lost when that is all that is kept; undefined in the middle of a message. */
  rest(): Standing | undefined {
    const { standing, requests, responses, line } = this;
    // Nothing more is read of one that has finished.
    if (standing.isFinished) return standing;
    const isWaiting = this.early.length > 0 || requests.hasGap || responses.hasGap;
    const isHalf = this.arriving !== undefined || this.doubtful !== undefined || isWaiting;
    const mayRest = (!standing.isReading || requests.isBetween) && (!standing.isMatching || responses.isBetween);
    if (isHalf || !mayRest) return undefined;
    standing.line = line.length === 0 ? undefined : line;
    standing.requestsAt = requests.place;
    standing.responsesAt = responses.place;
    return standing;
  }

  /** Up to where it is known what comes; undefined where it would spare nothing to tell the kernel. */
  get known(): KnownBodies | undefined {
    return findKnownBodies(this);
  }

  /** Whether exchanges are under way, or what may be some. */
  get isBusy(): boolean {
    const isUnderWay = this.line.length > 0 || this.arriving !== undefined || this.early.length > 0;
    return isUnderWay || this.requests.hasGap || this.responses.hasGap;
  }

  /** What comes next of its requests is of one that has begun, or of what is none. */
  get isMidRequest(): boolean {
    return !isBetweenRequests(this.standing) || this.requests.reader.state !== 'start';
  }

  /** How many requests wait for their responses, or for their own end, where no more comes: what may be no request does not count. */
  get left(): number {
    return countLeft(this);
  }

  request(piece: Piece<Process>): void {
    takeRequest(this, piece);
  }

  response(piece: Piece<Process>): void {
    this.standing.turns.came(piece);
    takeResponse(this, piece);
  }

  /** Nothing more will come, and so far the streams went; undefined where that is not known. */
  endAt(requestsEnd: number | undefined, responsesEnd: number): void {
    this.giveUpBefore(Number.POSITIVE_INFINITY);
    endAt(this, requestsEnd, responsesEnd);
  }

  /** No more responses will come; `inOrder` if what was sent was also handed over. */
  responsesEnded(inOrder: boolean): void {
    this.giveUpBefore(Number.POSITIVE_INFINITY);
    takeLate(this);
    const { line, responses, arriving } = this;
    const timeNs = responses.present?.timeNs;
    const bytes = responses.reader.messageBytes;
    if (inOrder && responses.reader.isUntilClose) line.endResponse('closed', timeNs, bytes);
    // Of one that was answered, or given up, before it had come: so much of it did.
    if (arriving !== undefined) arriving.requestBytes = this.requests.reader.messageBytes;
    line.abort(timeNs, bytes);
  }

  /** The rest of what is under way is not told. */
  leftOut(): void {
    if (this.standing.isFinished || this.standing.isCountOnly || isOutOfStep(this)) return;
    stopFollowing(this);
    loseExchanges(this);
  }

  /** There is no memory for what is under way: forgets it and returns how many exchanges that were. */
  drop(): number {
    const exchanges = countUnderWay(this);
    stopFollowing(this);
    forget(this);
    this.standing.turns.missedAnswers(Number.POSITIVE_INFINITY);
    this.requests.restart();
    this.responses.restart();
    return exchanges;
  }

  /** The connection is over. */
  closed(inOrder: boolean): void {
    this.responsesEnded(inOrder);
    if (isHeadComing(this)) cutShort(this);
    this.line.abort(undefined, 0);
  }

  /** Gives up on what is missing since before `timeNs`. */
  giveUpBefore(timeNs: number): void {
    const isOld = (since: number | undefined): boolean => since !== undefined && since < timeNs;
    while (isOld(this.requests.waitsSince()) || isOld(this.responses.waitsSince())) this.giveUp();
    if (!this.info.knowsOrder && isOld(this.early.sinceNs)) takeLate(this);
  }

  giveUp(): void {
    giveUp(this);
  }
}
