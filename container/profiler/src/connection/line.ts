/** The requests of one connection that wait for their responses, oldest first, as HTTP/1 has it. */
import { type End, type Exchange, finishExchange, type Pending, type Process, type Role } from '../exchange.ts';
import { type Framing, frameResponse, type Head, parseStatusLine } from '../http1/head.ts';
import { offsetAt, type Piece } from './piece.ts';
import { Queue } from './queue.ts';

export type ConnectionInfo = {
  readonly role: Role;
  readonly local: string;
  readonly remote: string;
  /** Whether pieces of responses say where the requests' stream stood when they were read. */
  readonly knowsOrder: boolean;
  /** The link of the exchange whose request and response begin at these offsets. */
  readonly linkOf: (requestOffset: number, responseOffset: number | undefined) => string;
};

/** What a request that waits takes, besides its texts. */
export const PENDING_BYTES = 256;

const TWO_TO_31 = 2_147_483_648;

export class Line {
  /** About how much memory those in line take. */
  heldBytes = 0;
  readonly #info: ConnectionInfo;
  readonly #tell: (exchange: Exchange) => void;
  readonly #pending = new Queue<Pending>();

  constructor(info: ConnectionInfo, tell: (exchange: Exchange) => void) {
    this.#info = info;
    this.#tell = tell;
  }

  get length(): number {
    return this.#pending.length;
  }

  /** Where the first begins in the requests' stream; undefined if nothing waits. */
  get beginsAt(): number | undefined {
    return this.#pending.first?.requestOffset;
  }

  /** Whether the first has come whole, and offsets tell what lies behind its beginning from what lies before it. */
  get isFirstShort(): boolean {
    const { first } = this.#pending;
    return first?.requestIsComplete === true && first.requestBytes < TWO_TO_31;
  }

  /** Whether the first has its status: that of an interim response is none. */
  get isAnswered(): boolean {
    return this.#pending.first?.status !== undefined;
  }

  /** Whether none of them waits for an answer: there is one to the first, of whose own end nothing has come. */
  get isAllAnswered(): boolean {
    return (
      this.#pending.length === 0 || (this.#pending.length === 1 && this.#pending.first?.responseIsComplete === true)
    );
  }

  /** When the last of them began; undefined if nothing waits. */
  get lastBeganNs(): number | undefined {
    return this.#pending.last?.requestFirstNs;
  }

  /** Takes out those that began after `timeNs`, oldest first. */
  takeSince(timeNs: number): readonly Pending[] {
    const taken = this.#pending.takeLastWhile(({ requestFirstNs }) => requestFirstNs > timeNs);
    for (const pending of taken) this.heldBytes -= sizeOf(pending);
    return taken;
  }

  join(pending: Pending): void {
    this.#pending.push(pending);
    this.heldBytes += sizeOf(pending);
  }

  clear(): void {
    this.#pending.clear();
    this.heldBytes = 0;
  }

  /** The last byte of a request came at `timeNs`; it may have been answered before. */
  requestEnded(pending: Pending, timeNs: number | undefined, bytes: number): void {
    pending.requestLastNs = noEarlier(timeNs, pending.requestFirstNs);
    pending.requestBytes = bytes;
    pending.requestIsComplete = true;
    if (pending.responseIsComplete && this.#pending.first === pending) this.#leave('complete');
  }

  /** A request will not be read to its end: if it is answered, that is all of it, and so much of it came. False if it is not. */
  endAnswered(pending: Pending, bytes: number): boolean {
    if (!pending.responseIsComplete) return false;
    this.requestEnded(pending, undefined, bytes);
    return true;
  }

  /** The first byte of a response came with a piece, at a place of its bytes. */
  responseStarted(piece: Piece<Process> | undefined, at: number): void {
    // Answered in full before its body had come: the next response can only be the next request's.
    if (this.#pending.first?.responseIsComplete) this.#leave('complete');
    const first = this.#pending.first;
    if (first === undefined || piece === undefined) return;
    first.responseOffset ??= offsetAt(piece, at);
    first.responseFirstNs = piece.timeNs;
    // A write that ends after its response was read is only seen then, and had begun before.
    first.requestFirstNs = Math.min(first.requestFirstNs, piece.timeNs);
  }

  /** How the body of a response ends; undefined for what is no response, or one that nobody waits for. */
  responseHead(head: Head): Framing | undefined {
    const status = parseStatusLine(head.firstLine);
    const first = this.#pending.first;
    if (status === undefined || first === undefined) return undefined;
    const isInterim = status < 200 && status !== 101;
    if (!isInterim) first.status = status;
    return frameResponse(head, status, first.method);
  }

  /** The last byte of a response, or of an interim one. */
  responseEnded(timeNs: number | undefined, bytes: number): void {
    const first = this.#pending.first;
    if (first === undefined) return;
    stopResponse(first, timeNs, bytes);
    if (first.status === undefined) {
      // 100 Continue and its like: the response proper is still to come.
      first.responseFirstNs = undefined;
      first.responseLastNs = undefined;
      return;
    }
    first.responseIsComplete = true;
    if (first.requestIsComplete) this.#leave('complete');
  }

  /** The response that is under way ends here, whatever its head said. */
  endResponse(end: End, timeNs: number | undefined, bytes: number): void {
    const first = this.#pending.first;
    if (first === undefined) return;
    stopResponse(first, timeNs, bytes);
    this.#leave(end);
  }

  /** No more responses will come; `bytes` are those of the one that was under way. */
  abort(timeNs: number | undefined, bytes: number): void {
    while (this.#pending.length > 0) {
      const first = this.#pending.first;
      const isAnswered = first?.responseIsComplete === true;
      if (!isAnswered && first?.responseFirstNs !== undefined) stopResponse(first, timeNs, bytes);
      this.#leave(isAnswered ? 'complete' : 'aborted');
    }
  }

  /** The first in line is over. */
  #leave(end: End): void {
    const first = this.#pending.shift();
    if (first === undefined) return;
    this.heldBytes -= sizeOf(first);
    const { role, local, remote, linkOf } = this.#info;
    const link = linkOf(first.requestOffset, first.responseOffset);
    this.#tell(finishExchange(first, { role, local, remote, link, end }));
  }
}

function sizeOf({ method, target }: Pending): number {
  return PENDING_BYTES + method.length + target.length;
}

function stopResponse(pending: Pending, timeNs: number | undefined, bytes: number): void {
  pending.responseLastNs = noEarlier(timeNs, pending.responseFirstNs);
  pending.responseBytes += bytes;
}

/** A message does not end before it has begun, although a thread that moved its beginning may be seen to have done so later. */
function noEarlier(timeNs: number | undefined, firstNs = 0): number | undefined {
  return timeNs === undefined ? undefined : Math.max(timeNs, firstNs);
}
