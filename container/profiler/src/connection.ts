/**
 * One connection: two streams of pieces, and the line in which requests wait for their responses. Emits an exchange when
 * both are complete, or when the connection's end shows that they never will be.
 * The file is longer than 200 lines because both streams share what is known of the line of requests.
 */
import { Early } from './early.ts';
import { type Exchange, type Pending, type Process, startPending } from './exchange.ts';
import {
  beginsRequest,
  type Framing,
  frameRequest,
  type Head,
  OLDEST,
  parseRefusedLine,
  parseRequestLine,
  parseStatusLine,
} from './head.ts';
import { Reader } from './http1.ts';
import { type ConnectionInfo, Line, offsetAt, PENDING_BYTES } from './line.ts';
import { newStanding, type Standing } from './standing.ts';
import { mayAnswer, mayStartRequest, mayStartResponse, requestWithin } from './starts.ts';
import { type Piece, partFrom, Stream } from './streams.ts';
import { Turns } from './turns.ts';

export type ConnectionEvents = {
  readonly exchange: (exchange: Exchange) => void;
  /** Exchanges that cannot be told, because bytes of the connection are missing. */
  readonly lost: (exchanges: number) => void;
  /** Nothing more of this connection is of interest: it never spoke HTTP/1, or does not any more. */
  readonly finished: (why: 'not-http' | 'upgraded') => void;
};

export class Connection {
  readonly #events: ConnectionEvents;
  readonly #info: ConnectionInfo;
  /** Requests whose heads are complete. */
  readonly #line: Line;
  /** The request that is being read. */
  #arriving: Pending | undefined;
  /** What may have been meant for a request: an answer in HTTP would tell. */
  #doubtful: Pending | undefined;
  readonly #early = new Early<Process>();
  readonly #standing: Standing;
  readonly #streamEvents = { lost: () => this.#loseStep(), tooManyWait: () => this.#giveUp() };
  readonly #requestReader = this.#createRequestReader();
  readonly #requests = new Stream<Process>(this.#requestReader, this.#streamEvents);
  readonly #responseReader = this.#createResponseReader();
  readonly #responses = new Stream<Process>(this.#responseReader, this.#streamEvents);

  /** Goes on where one with the same info stood. */
  constructor(info: ConnectionInfo, events: ConnectionEvents, standing: Standing = newStanding()) {
    this.#events = events;
    this.#info = info;
    this.#standing = standing;
    this.#line = standing.line ?? new Line(info, events.exchange);
    this.#requests.goOnAt(standing.requestsAt);
    this.#responses.goOnAt(standing.responsesAt);
  }

  /** About how much memory what is under way takes. */
  get heldBytes(): number {
    const alone = (this.#isHeadComing() ? PENDING_BYTES : 0) + (this.#doubtful === undefined ? 0 : PENDING_BYTES);
    const streams = this.#requests.heldBytes + this.#responses.heldBytes;
    return alone + streams + this.#line.heldBytes + this.#early.heldBytes;
  }

  /** How it stands, if nothing is lost when that is all that is kept; undefined in the middle of a message. */
  rest(): Standing | undefined {
    const standing = this.#standing;
    // Nothing more is read of one that has finished.
    if (standing.isFinished) return standing;
    const isHalf = this.#arriving !== undefined || this.#doubtful !== undefined || this.#early.length > 0;
    const mayRest =
      (!standing.isReading || this.#requests.isBetween) && (!standing.isMatching || this.#responses.isBetween);
    if (isHalf || !mayRest) return undefined;
    standing.line = this.#line.length === 0 ? undefined : this.#line;
    standing.requestsAt = this.#requests.next;
    standing.responsesAt = this.#responses.next;
    return standing;
  }

  /** Whether exchanges are under way. */
  get isBusy(): boolean {
    return this.#line.length > 0 || this.#arriving !== undefined || this.#early.length > 0;
  }

  /** How many requests wait for their responses, or for their own end. */
  get underWay(): number {
    return this.#line.length + (this.#isHeadComing() ? 1 : 0);
  }

  request(piece: Piece<Process>): void {
    if (this.#standing.isFinished) return;
    if (piece.gap !== 'none') this.#bridge(piece);
    if (this.#standing.hasPassedOver && this.#requestReader.state === 'start') this.#loseStep();
    if (!(this.#standing.isReading && this.#standing.isMatching) && !this.#findStep(piece)) return;
    if (this.#early.length > 0 && this.#arriving === undefined && !this.#sortEarly(piece)) return;
    this.#standing.wasAsked = true;
    this.#requests.take(piece);
    if (this.#early.length > 0 && this.#line.length > 0) this.#takeEarly();
  }

  response(piece: Piece<Process>): void {
    if (this.#standing.isFinished) return;
    if (!this.#standing.isMatching) {
      if (mayAnswer(piece)) this.#standing.turns.answered(piece.timeNs);
      return;
    }
    if (this.#doubtful !== undefined) this.#settleDoubt(piece);
    else if (this.#answersArriving(piece)) this.#cutShortByAnswer();
    if (this.#line.length === 0) {
      if (this.#standing.isReading) {
        if (!this.#early.keep(piece)) this.#tooManyEarly();
      } else if (mayAnswer(piece)) this.#standing.turns.answered(piece.timeNs);
      return;
    }
    if (this.#responses.isFresh() && !mayStartResponse(piece)) this.#passOver(piece);
    else this.#responses.take(piece);
    if (!this.#standing.isMatching && mayAnswer(piece)) this.#standing.turns.answered(piece.timeNs);
  }

  /** No more responses will come; `inOrder` if what was sent was also handed over. */
  responsesEnded(inOrder: boolean): void {
    this.#takeLate();
    const timeNs = this.#responses.present?.timeNs;
    const bytes = this.#responseReader.messageBytes;
    if (inOrder && this.#line.length > 0 && this.#responseReader.state === 'until-close') {
      this.#line.endResponse('closed', timeNs, bytes);
    }
    // Of one that was answered, or given up, before it had come: so much of it did.
    if (this.#arriving !== undefined) this.#arriving.requestBytes = this.#requestReader.messageBytes;
    this.#line.abort(timeNs, bytes);
  }

  /** The rest of what is under way is not told. */
  leftOut(): void {
    if (this.#standing.isFinished || this.#standing.isCountOnly || this.#isOutOfStep()) return;
    this.#stopFollowing();
    this.#loseExchanges();
  }

  /** There is no memory for what is under way: forgets it and returns how many exchanges that were. */
  drop(): number {
    const exchanges = this.underWay;
    this.#stopFollowing();
    this.#forget();
    this.#requests.restart();
    this.#responses.restart();
    return exchanges;
  }

  /** The connection is over. */
  closed(inOrder: boolean): void {
    this.giveUpBefore(Number.POSITIVE_INFINITY);
    this.responsesEnded(inOrder);
    if (this.#isHeadComing()) this.#cutShort();
    this.#line.abort(undefined, 0);
  }

  /** Gives up on what is missing since before `timeNs`. */
  giveUpBefore(timeNs: number): void {
    const isOld = (since: number | undefined): boolean => since !== undefined && since < timeNs;
    if (isOld(this.#requests.waitsSince()) || isOld(this.#responses.waitsSince())) this.#giveUp();
    if (!this.#info.knowsOrder && isOld(this.#early.sinceNs)) this.#takeLate();
  }

  #createRequestReader(): Reader {
    const reader: Reader = new Reader({
      started: (at) => {
        const piece = this.#requests.present;
        if (piece === undefined) return;
        this.#standing.turns.began(piece.timeNs);
        this.#arriving = startPending(piece.who, piece.timeNs, offsetAt(piece, at));
      },
      plausible: (firstLine) => this.#requestLine(firstLine),
      head: (head) => this.#requestHead(head),
      ended: () => {
        const pending = this.#arriving;
        this.#arriving = undefined;
        if (pending) this.#line.requestEnded(pending, this.#requests.present?.timeNs, reader.messageBytes);
      },
      lost: () => this.#cutShort(),
    });
    return reader;
  }

  #createResponseReader(): Reader {
    const reader: Reader = new Reader({
      started: (at) => {
        const piece = this.#responses.present;
        if (piece) this.#standing.turns.answered(piece.timeNs);
        this.#standing.hasPassedOver = false;
        if (this.#line.length === 0 && this.#isHeadComing() && this.#isServer()) this.#cutShortByAnswer();
        this.#line.responseStarted(piece, at);
      },
      plausible: (firstLine) => parseStatusLine(firstLine) !== undefined || this.#loseAnswer(),
      head: (head) => this.#responseHead(head),
      ended: () => this.#line.responseEnded(this.#responses.present?.timeNs, reader.messageBytes),
      lost: () => this.#loseStep(),
    });
    return reader;
  }

  /** The first line of a head whose end has not come. */
  #requestLine(text: string): boolean {
    const parsed = parseRequestLine(text);
    if (parsed === undefined) this.#refuse(text);
    // In HTTP/0.9 it would be the whole head, and other protocols have such lines.
    else if (this.#arriving !== undefined && parsed.protocol !== OLDEST) Object.assign(this.#arriving, parsed);
    return parsed !== undefined;
  }

  #requestHead(head: Head): Framing | undefined {
    const parsed = parseRequestLine(head.firstLine);
    if (this.#arriving === undefined) return undefined;
    if (parsed === undefined) {
      this.#refuse(head.firstLine);
      return undefined;
    }
    Object.assign(this.#arriving, parsed);
    const framing = frameRequest(head);
    if (framing === undefined) this.#cutShort();
    else this.#admit(this.#arriving);
    return framing;
  }

  /** A request is there: it waits for its response, or is counted where it is not known which that will be. */
  #admit(request: Pending): void {
    this.#standing.turns.requested();
    this.#standing.wasHttp = true;
    request.isAdmitted = true;
    if (this.#standing.isMatching) this.#line.join(request);
    else this.#events.lost(1);
  }

  #responseHead(head: Head): Framing | undefined {
    const framing = this.#line.responseHead(head);
    if (framing === undefined) {
      if (parseStatusLine(head.firstLine) === undefined) this.#loseAnswer();
      else this.#loseStep();
    }
    if (framing?.kind === 'tunnel') {
      this.#line.endResponse('upgraded', this.#responses.present?.timeNs, this.#responseReader.messageBytes);
      this.#finish('upgraded');
    }
    return framing;
  }

  /**
   * A request begins, and responses came before it: those that were read before any of its bytes were sent answer
   * something else, from before the connection was known or nothing at all. False where that cannot be told: what the next
   * response answers is then not known either.
   */
  #sortEarly(request: Piece<Process>): boolean {
    if (this.#info.knowsOrder) {
      this.#early.dropBefore(request);
      return true;
    }
    if (this.#standing.wasAsked) return true;
    this.#loseStep();
    return false;
  }

  /**
   * Bytes with which no response begins, before any has: the end of one that began before the connection was known, unless
   * more is asked now, which tells that they were an answer. Those that nobody could read may well be one.
   */
  #passOver(piece: Piece<Process>): void {
    if (piece.cap === 0) this.#loseStep();
    else this.#standing.hasPassedOver = true;
  }

  /** Some servers say 408 to an idle client before they close; but so much was an answer to something. */
  #tooManyEarly(): void {
    // To what was asked before the connection was known.
    if (this.#info.knowsOrder && !this.#standing.wasAsked) this.#early.dropAllButLast();
    else if (this.#standing.wasHttp || this.#arriving === undefined) this.#loseStep();
    else if (!this.#takeLate()) this.#finish('not-http');
  }

  #takeEarly(): void {
    for (const piece of this.#early.takeOut()) this.response(piece);
  }

  /** The head of a request is still to come, in part or from its first byte on. */
  #isHeadComing(): boolean {
    return this.#arriving !== undefined && !this.#arriving.isAdmitted;
  }

  #isServer(): boolean {
    return this.#info.role === 'server';
  }

  /** Does a response begin, to a request whose head has not come and will not be waited for? A server answers what it has read. */
  #answersArriving(piece: Piece<Process>): boolean {
    if (this.#line.length > 0 || !this.#isHeadComing() || !mayStartResponse(piece)) return false;
    return this.#isServer() || (this.#info.knowsOrder && this.#requests.endsAt(piece.other));
  }

  /** No more of a head will come that is not there yet: responses that did answer it. False if none did. */
  #takeLate(): boolean {
    if (!this.#isHeadComing() || this.#line.length > 0 || !this.#early.mayAnswer) return false;
    this.#cutShortByAnswer();
    this.#takeEarly();
    return true;
  }

  #cutShortByAnswer(): void {
    this.#standing.wasHttp = true;
    this.#cutShort();
  }

  /** The request that is arriving is not read to its end, and where the next one begins is not known: it may still be answered. */
  #cutShort(): void {
    const request = this.#arriving;
    if (request === undefined) return;
    const isHttp = this.#standing.wasHttp || (this.#early.length === 0 && beginsRequest(this.#requestReader.heldLine));
    this.#stopReading();
    if (request.method !== '' && !request.isAdmitted) this.#admit(request);
    if (request.isAdmitted) this.#line.requestEnded(request, undefined, this.#requestReader.messageBytes);
    else if (isHttp) this.#count();
    else if (this.#line.length === 0) this.#finish('not-http');
  }

  /** What came is no request in HTTP/1. Servers that speak it refuse it all the same. */
  #refuse(firstLine: string): void {
    const request = this.#arriving;
    this.#stopReading();
    if (request === undefined) return;
    const meant = parseRefusedLine(firstLine);
    Object.assign(request, meant);
    if (meant !== undefined && this.#standing.wasHttp) {
      this.#admit(request);
      this.#line.requestEnded(request, undefined, this.#requestReader.messageBytes);
    } else if (this.#standing.wasHttp) this.#count();
    else if (meant !== undefined) this.#doubtful = request;
    else this.#finish('not-http');
  }

  /** From here on it is known neither where requests begin nor which response is whose. */
  #stopFollowing(): void {
    this.#standing.isReading = false;
    this.#standing.isMatching = false;
  }

  #stopReading(): void {
    this.#arriving = undefined;
    this.#standing.isReading = false;
  }

  /** Something was asked of which nothing can be told. */
  #count(): void {
    this.#standing.turns.requested();
    this.#events.lost(1);
  }

  #settleDoubt(piece: Piece<Process>): void {
    const request = this.#doubtful;
    this.#doubtful = undefined;
    if (request === undefined || !mayStartResponse(piece)) {
      this.#finish('not-http');
      return;
    }
    this.#admit(request);
    this.#line.requestEnded(request, undefined, this.#requestReader.messageBytes);
  }

  #finish(why: 'not-http' | 'upgraded'): void {
    this.#standing.isFinished = true;
    this.#forget();
    this.#events.finished(why);
  }

  /** Neither where requests begin is known, nor which response is whose. */
  #isOutOfStep(): boolean {
    return !this.#standing.isReading && !this.#standing.isMatching;
  }

  /** Bytes that matter are missing, or are not what they should be: nothing is told until step is found again. */
  #loseStep(): false {
    if (this.#standing.isFinished || this.#isOutOfStep()) return false;
    this.#stopFollowing();
    // What is missing was part of an exchange, even if none is known.
    if (this.#loseExchanges() === 0) this.#events.lost(1);
    return false;
  }

  /** What comes is no response: where nobody waits for one, nothing is missing. */
  #loseAnswer(): false {
    if (this.underWay > 0) return this.#loseStep();
    this.#stopFollowing();
    return false;
  }

  /** Counts what is under way, forgets it, and returns how many exchanges that were. */
  #loseExchanges(): number {
    const exchanges = this.underWay;
    this.#forget();
    if (exchanges > 0) this.#events.lost(exchanges);
    return exchanges;
  }

  /** The kernel has left something out before a piece. */
  #bridge(piece: Piece<Process>): void {
    const isCountOnly = piece.gap === 'count-only';
    if (isCountOnly && this.#standing.isCountOnly) return;
    const arriving = this.#arriving;
    const goesOn = isCountOnly && this.#standing.isReading && this.#requests.isContinuedBy(piece);
    if (goesOn && this.#isHeadComing()) this.#arriving = undefined;
    this.#loseExchanges();
    this.#standing.isCountOnly = isCountOnly;
    this.#standing.isReading = true;
    this.#standing.isMatching = !isCountOnly;
    if (!isCountOnly) this.#standing.turns = new Turns();
    if (goesOn) this.#arriving = arriving;
    else this.#requests.restart();
    this.#responses.restart();
  }

  /** What is missing will not come any more: goes on with what came after it. */
  #giveUp(): void {
    const requests = this.#requests.takeOut().map((piece) => ({ piece, isRequest: true }));
    const responses = [...this.#early.takeOut(), ...this.#responses.takeOut()].map((piece) => ({
      piece,
      isRequest: false,
    }));
    this.#loseStep();
    const waiting = [...requests, ...responses].sort((one, other) => one.piece.timeNs - other.piece.timeNs);
    for (const { piece, isRequest } of waiting) {
      if (isRequest) this.request(piece);
      else this.response(piece);
    }
  }

  /**
   * A request that stands at the beginning of a piece is told again if all is answered that was asked before it. If not,
   * it is counted; false where not even that can be done.
   */
  #findStep(piece: Piece<Process>): boolean {
    // What comes before the answer to a request that was cut short is the rest of it.
    if (this.#standing.isMatching && (this.#line.length > 0 || this.#doubtful !== undefined)) return false;
    const isOver = !this.#standing.isCountOnly && this.#standing.turns.isOver(piece.timeNs);
    const isBetween =
      this.#standing.isReading && this.#requestReader.state === 'start' && this.#requests.isContinuedBy(piece);
    const mayStart = isBetween || (!this.#standing.isReading && mayStartRequest(piece));
    if (mayStart) this.#responses.restart();
    if (mayStart || !this.#standing.isMatching) this.#standing.isMatching = mayStart && isOver;
    if (this.#standing.isReading) return true;
    if (!mayStart) {
      if (!this.#standing.isMatching) this.#askedSomething(piece, isOver);
      return false;
    }
    this.#standing.isReading = true;
    this.#requests.restart();
    return true;
  }

  /** The piece asks something again if an answer came; and where a request stands behind what is not understood, it counts. */
  #askedSomething(piece: Piece<Process>, isOver: boolean): void {
    if (isOver) this.#events.lost(1);
    this.#standing.turns.asked();
    const behind = requestWithin(piece);
    if (behind === undefined) return;
    this.#standing.isReading = true;
    this.#requests.restart();
    this.#requests.take(partFrom(piece, behind));
  }

  #forget(): void {
    this.#line.clear();
    this.#early.takeOut();
    this.#arriving = undefined;
    this.#doubtful = undefined;
    this.#standing.hasPassedOver = false;
  }
}
