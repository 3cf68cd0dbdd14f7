/**
 * Whose turn it is on a connection. A client that waits for its answers has the last one when it asks again: where step
 * was lost, it is found there. One that does not wait leaves open which answer is to what.
 */
import { Owed } from './owed.ts';
import type { Piece } from './piece.ts';
import { mayAnswer, mayStartResponse, saysStatus, startsAnswer } from './starts.ts';

/** So many requests of one that waits may come with no answer between them, if those answers are one and it is missing. */
const MOST_UNANSWERED = 2;

export class Turns {
  readonly owed = new Owed();
  /** When something was asked last; undefined while nothing was, or where that is not known. */
  #askedNs: number | undefined;
  /** When the answer to the last request began; undefined while none has. */
  #answeredNs: number | undefined;
  /** When the last answer began, whatever to. */
  #beganNs = 0;
  /** Bytes are missing among which that answer may be. */
  #mayHaveMissed = false;
  /** What was asked last was so before the answer to what came before it was seen. */
  #isAhead = false;
  /** Requests since the last part of a response came. */
  #unanswered = 0;
  /** Where that ended in their stream. */
  #cameTo: number | undefined;
  /** The same, where a request began since then and the answer was to go on there. */
  #askedWithin: number | undefined;
  /** It asked ahead, unless the answer is missing that came before. */
  #seemsToPipeline = false;
  #pipelines = false;
  /** Requests were told again, because it seemed to wait. */
  #hasResumed = false;
  /** When the last response came that nobody waited for. */
  #unreadNs = 0;
  /** Where the requests' stream stood when it was read; undefined where that is not known. */
  #unreadBehind: number | undefined;

  /** The first byte of a request came at `timeNs`, or of what stands in its place; `isWithin`: in the middle of an answer. */
  began(timeNs: number, isWithin = false): void {
    this.#askedWithin = isWithin ? this.#cameTo : undefined;
    this.owed.asked();
    // Where answers that came later have been read, those before it may have been too.
    const isKnown = this.#askedNs !== undefined && !this.#mayHaveMissed && this.#beganNs <= timeNs;
    this.#isAhead = isKnown && !this.#isAnsweredBy(timeNs);
    this.#unanswered++;
    this.#seemsToPipeline ||= this.#isAhead;
    if (this.#isAhead && this.#unanswered > MOST_UNANSWERED) this.#pipelines = true;
    // No answer can be missing between what one call moved.
    if (this.#askedNs === timeNs) this.#pipelines = true;
    this.asked(timeNs);
    // What waited for missing bytes may have been answered before it is read.
    if (this.#beganNs > timeNs) this.#answeredNs = this.#beganNs;
  }

  /** Bytes of requests came at `timeNs`, wherever these begin. */
  asked(timeNs: number): void {
    this.#askedNs = timeNs;
    this.#answeredNs = undefined;
    this.#mayHaveMissed = false;
  }

  /** Bytes of requests are missing behind the beginning of one. The last answer may be the one to another. */
  missed(): void {
    if (this.#answeredNs === undefined) return;
    // That was the answer to what it began with, unless others were to come before.
    if (!this.#isAhead) this.#askedNs = undefined;
    this.#answeredNs = undefined;
  }

  /** A part of a response came, whatever is missing before it. */
  came(piece: Piece<unknown>): void {
    const isNext = this.#cameTo === (piece.offset | 0);
    if (this.#askedWithin !== undefined && (isNext || this.#unanswered >= MOST_UNANSWERED)) this.#pipelines = true;
    this.#askedWithin = undefined;
    if (this.#seemsToPipeline && this.#unanswered === MOST_UNANSWERED) {
      // Nothing is missing before it, or else the answer to the last request would begin here.
      if (isNext || !mayStartResponse(piece)) this.#pipelines = true;
    }
    this.#unanswered = 0;
    this.#cameTo = (piece.offset + piece.length) | 0;
  }

  /** A response began, or goes on, and none is missing before it. */
  followed(): void {
    if (this.#seemsToPipeline) this.#pipelines = true;
  }

  /** Bytes of responses are missing before what came at `timeNs`. */
  missedAnswers(timeNs: number): void {
    if (this.#unanswered < MOST_UNANSWERED) {
      this.#isAhead = false;
      this.#seemsToPipeline = false;
    }
    this.owed.missedAnswers();
    this.#mayHaveMissed ||= this.#askedNs === undefined || timeNs >= this.#askedNs;
  }

  /** Nothing was asked after `timeNs`, as far as that matters: the rest, so many requests, will be asked again. */
  askedLastAt(timeNs: number | undefined, again: number): void {
    this.owed.takeBack(again);
    this.#askedNs = timeNs;
    this.#answeredNs = undefined;
    this.#isAhead = false;
    this.#seemsToPipeline = false;
    this.#unanswered = 0;
  }

  /** A part of a response comes that will not be read. */
  skipped(piece: Piece<unknown>): void {
    if (!startsAnswer(piece) && (piece.cap > 0 || this.#answeredNs !== undefined)) return;
    this.owed.replied();
    if (!saysStatus(piece)) this.owed.mayBeMore();
  }

  /** The response to what was asked began at `timeNs`; a client's may have been read before its request was seen to be sent. */
  answered(timeNs: number): void {
    this.#unreadBehind = undefined;
    this.#answeredNs ??= timeNs;
    this.#beganNs = Math.max(this.#beganNs, timeNs);
  }

  /**
   * A part of a response came and is not read; `behind` is how far requests were sent then, if that is known.
   * What began before it was asked answers something else.
   */
  passed(piece: Piece<unknown>, behind: number | undefined): void {
    const { timeNs } = piece;
    this.#unreadNs = Math.max(this.#unreadNs, timeNs);
    if (mayAnswer(piece) && (this.#askedNs === undefined || timeNs >= this.#askedNs)) this.answered(timeNs);
    this.#unreadBehind = behind;
  }

  /** Is all answered that was asked before, where a request begins at `offset` and `timeNs`, and may its own answer still come? */
  isOver(timeNs: number, offset: number): boolean {
    if (this.#unreadBehind !== undefined && ((this.#unreadBehind - offset) | 0) > 0) return false;
    return !this.#pipelines && this.#isAnsweredBy(timeNs) && this.#unreadNs <= timeNs;
  }

  /**
   * Where all seems answered, a request at `offset` is to be told again: false if an answer is owed for sure, which shifts those to
   * come, be it to what was sent since the last one came.
   */
  resume(offset: number): boolean {
    if (this.#unreadBehind !== undefined && this.#unreadBehind !== offset >>> 0) return false;
    if (this.owed.isCertain) this.#pipelines = true;
    else this.owed.settled();
    this.#hasResumed = !this.#pipelines;
    return this.#hasResumed;
  }

  /** It does not wait, although requests were told again because it seemed to: which answer is whose is not known. */
  get isMisled(): boolean {
    return this.#hasResumed && this.#pipelines;
  }

  /** Had the answer to what was asked last begun at `timeNs`? */
  #isAnsweredBy(timeNs: number): boolean {
    return this.#answeredNs !== undefined && this.#answeredNs <= timeNs;
  }
}
