/**
 * One connection: requests wait in line for their responses, as HTTP/1 has it. Emits an exchange when both are
 * complete, or when the connection's end shows that they never will be.
 */
import { type End, type Exchange, type Pending, type Process, type Role, startPending } from './exchange.ts';
import { type Framing, frameRequest, frameResponse, type Head, parseRequestLine, parseStatusLine } from './head.ts';
import { Reader } from './http1.ts';
import { keep, type Piece, Stream } from './streams.ts';

export type ConnectionInfo = {
  readonly role: Role;
  readonly local: string;
  readonly remote: string;
  /** The link of the exchange whose request and response begin at these offsets. */
  readonly linkOf: (requestOffset: number, responseOffset: number | undefined) => string;
};

export type ConnectionEvents = {
  readonly exchange: (exchange: Exchange) => void;
  /** Exchanges that cannot be told, because bytes of the connection are missing. */
  readonly lost: (exchanges: number) => void;
  /** Nothing more of this connection is of interest: it never spoke HTTP/1, or does not any more. */
  readonly finished: (why: 'not-http' | 'upgraded') => void;
};

const REQUEST_START = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,24}(?: |$)/;
const RESPONSE_START = 'HTTP/1.';

export class Connection {
  readonly info: ConnectionInfo;
  readonly #events: ConnectionEvents;
  /** Requests whose heads are complete, oldest first. */
  #line: Pending[] = [];
  /** The request that is being read. */
  #arriving: Pending | undefined;
  /** Pieces of responses that came before their request: two threads of a client may overtake each other. */
  #early: Piece<Process>[] = [];
  /** False after a loss, until a request stands at the beginning of a piece. */
  #isInStep = true;
  #isFinished = false;
  readonly #requests = new Stream<Process>(this.#createRequestReader(), () => this.#loseStep());
  readonly #responseReader = this.#createResponseReader();
  readonly #responses = new Stream<Process>(this.#responseReader, () => this.#loseStep());

  constructor(info: ConnectionInfo, events: ConnectionEvents) {
    this.info = info;
    this.#events = events;
  }

  /** Whether exchanges are under way. */
  get isBusy(): boolean {
    return this.#line.length > 0 || this.#arriving !== undefined || this.#early.length > 0;
  }

  request(piece: Piece<Process>): void {
    if (this.#isFinished) return;
    if (!this.#isInStep && !this.#findStep(piece)) return;
    this.#requests.take(piece);
    if (this.#early.length > 0 && this.#line.length > 0) this.#takeEarly();
  }

  response(piece: Piece<Process>): void {
    if (this.#isFinished || !this.#isInStep) return;
    if (this.#line.length === 0) {
      this.#early.push(keep(piece));
      return;
    }
    // The end of a response that began before the connection was known is not one of ours.
    if (this.#responses.isFresh() && !mayStartResponse(piece)) return;
    this.#responses.take(piece);
  }

  /** No more responses will come; `inOrder` if what was sent was also handed over. */
  responsesEnded(inOrder: boolean): void {
    const first = this.#line[0];
    if (inOrder && first && this.#responseReader.state === 'until-close') {
      this.#stopResponse(first);
      this.#leave('closed');
    }
    while (this.#line.length > 0) this.#abortFirst();
  }

  /** The connection is over. */
  closed(inOrder: boolean): void {
    this.giveUpBefore(Number.POSITIVE_INFINITY);
    this.responsesEnded(inOrder);
  }

  /** Gives up on what is missing since before `timeNs`. */
  giveUpBefore(timeNs: number): void {
    const isOld = (since: number | undefined): boolean => since !== undefined && since < timeNs;
    if (isOld(this.#requests.waitsSince()) || isOld(this.#responses.waitsSince())) this.#loseStep();
    // Some servers say 408 to an idle client before they close: a response that nobody asked for.
    if (isOld(this.#early[0]?.timeNs)) this.#early = [];
  }

  #createRequestReader(): Reader {
    const reader: Reader = new Reader({
      started: (at) => {
        const piece = this.#requests.present;
        if (piece) this.#arriving = startPending(piece.who, piece.timeNs, offsetAt(piece, at));
      },
      plausible: (firstLine) => parseRequestLine(firstLine) !== undefined || this.#refuse(),
      head: (head) => this.#requestHead(head),
      ended: () => this.#requestEnded(reader.messageBytes),
    });
    return reader;
  }

  #createResponseReader(): Reader {
    return new Reader({
      started: (at) => this.#responseStarted(at),
      plausible: (firstLine) => parseStatusLine(firstLine) !== undefined,
      head: (head) => this.#responseHead(head),
      ended: () => this.#responseEnded(),
    });
  }

  #requestHead(head: Head): Framing | undefined {
    const parsed = parseRequestLine(head.firstLine);
    const framing = frameRequest(head);
    if (parsed === undefined || framing === undefined || this.#arriving === undefined) {
      this.#refuse();
      return undefined;
    }
    this.#arriving.method = parsed.method;
    this.#arriving.target = parsed.target;
    this.#arriving.protocol = parsed.protocol;
    this.#line.push(this.#arriving);
    return framing;
  }

  #requestEnded(bytes: number): void {
    const pending = this.#arriving;
    if (pending === undefined) return;
    this.#arriving = undefined;
    pending.requestLastNs = this.#requests.present?.timeNs;
    pending.requestBytes = bytes;
    pending.requestIsComplete = true;
    if (pending.responseIsComplete && this.#line[0] === pending) this.#leave('complete');
  }

  #responseStarted(at: number): void {
    // Answered in full before its body had come: the next response can only be the next request's.
    if (this.#line[0]?.responseIsComplete) this.#leave('complete');
    const first = this.#line[0];
    const piece = this.#responses.present;
    if (first === undefined || piece === undefined) return;
    first.responseOffset ??= offsetAt(piece, at);
    first.responseFirstNs = piece.timeNs;
  }

  #responseHead(head: Head): Framing | undefined {
    const status = parseStatusLine(head.firstLine);
    const first = this.#line[0];
    if (status === undefined || first === undefined) {
      this.#loseStep(this.#line.length);
      return undefined;
    }
    const framing = frameResponse(head, status, first.method);
    const isInterim = status < 200 && status !== 101;
    if (!isInterim) first.status = status;
    if (framing?.kind === 'tunnel') {
      this.#stopResponse(first);
      this.#leave('upgraded');
      this.#finish('upgraded');
    }
    return framing;
  }

  #responseEnded(): void {
    const first = this.#line[0];
    if (first === undefined) return;
    this.#stopResponse(first);
    if (first.status === undefined) {
      // 100 Continue and its like: the response proper is still to come.
      first.responseFirstNs = undefined;
      first.responseLastNs = undefined;
      return;
    }
    first.responseIsComplete = true;
    if (first.requestIsComplete) this.#leave('complete');
  }

  #stopResponse(pending: Pending): void {
    pending.responseLastNs = this.#responses.present?.timeNs;
    pending.responseBytes += this.#responseReader.messageBytes;
  }

  #abortFirst(): void {
    const first = this.#line[0];
    const isAnswered = first?.responseIsComplete === true;
    if (!isAnswered && first?.responseFirstNs !== undefined) this.#stopResponse(first);
    this.#leave(isAnswered ? 'complete' : 'aborted');
  }

  /** The first request in line is over. */
  #leave(end: End): void {
    const first = this.#line.shift();
    if (first === undefined) return;
    const { requestOffset, responseOffset, requestIsComplete, responseIsComplete, ...told } = first;
    const { role, local, remote } = this.info;
    const link = this.info.linkOf(requestOffset, responseOffset);
    this.#events.exchange({ ...told, role, local, remote, link, end });
  }

  #takeEarly(): void {
    const pieces = this.#early;
    this.#early = [];
    for (const piece of pieces) this.response(piece);
  }

  #refuse(): false {
    this.#finish('not-http');
    return false;
  }

  #finish(why: 'not-http' | 'upgraded'): void {
    this.#isFinished = true;
    this.#forget();
    this.#events.finished(why);
  }

  /** Bytes that matter are missing: nothing is told until a request stands at the beginning of a piece. */
  #loseStep(exchanges = Math.max(1, this.#line.length)): void {
    if (this.#isFinished || !this.#isInStep) return;
    this.#isInStep = false;
    this.#forget();
    this.#events.lost(exchanges);
  }

  #findStep(piece: Piece<Process>): boolean {
    if (!mayStartRequest(piece)) return false;
    this.#isInStep = true;
    this.#requests.restart();
    this.#responses.restart();
    return true;
  }

  #forget(): void {
    this.#line = [];
    this.#early = [];
    this.#arriving = undefined;
  }
}

function offsetAt(piece: Piece<Process>, at: number): number {
  return (piece.offset + at - piece.from) >>> 0;
}

function mayStartRequest(piece: Piece<Process>): boolean {
  return REQUEST_START.test(piece.bytes.toString('latin1', piece.from, piece.from + Math.min(piece.cap, 25)));
}

function mayStartResponse(piece: Piece<Process>): boolean {
  const text = piece.bytes.toString('latin1', piece.from, piece.from + Math.min(piece.cap, RESPONSE_START.length));
  return text.length > 0 && RESPONSE_START.startsWith(text);
}
