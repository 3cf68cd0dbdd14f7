/**
 * Whose turn it is on a connection. A client that waits for its answers has the last one when it asks again: where step
 * was lost, it is found there. One that does not wait leaves open which answer is to what.
 */
export class Turns {
  /** When something was asked last; undefined while nothing was. */
  #askedNs: number | undefined;
  /** When the answer to the last request began; undefined while none has. */
  #answeredNs: number | undefined;
  /** What was asked last was so before the answer to what came before it. */
  #isAhead = false;
  #pipelines = false;
  /** When the last response came that nobody waited for. */
  #unreadNs = 0;
  /** Where the requests' stream stood when it was read; undefined where that is not known. */
  #unreadBehind: number | undefined;

  /** The first byte of a request came at `timeNs`, or of what stands in its place. */
  began(timeNs: number): void {
    this.#isAhead = this.#askedNs !== undefined && !(this.#answeredNs !== undefined && this.#answeredNs <= timeNs);
    this.asked(timeNs);
  }

  /** It is a request. */
  requested(): void {
    if (this.#isAhead) this.#pipelines = true;
  }

  /** Bytes of requests came at `timeNs`, wherever these begin. */
  asked(timeNs: number): void {
    this.#askedNs = timeNs;
    this.#answeredNs = undefined;
  }

  /** The response to what was asked began at `timeNs`; a client's may have been read before its request was seen to be sent. */
  answered(timeNs: number): void {
    this.#answeredNs ??= timeNs;
  }

  /**
   * A part of a response came at `timeNs` and is not read; `behind` is how far requests were sent then, if that is known.
   * What began before it was asked answers something else.
   */
  passed(timeNs: number, mayBegin: boolean, behind: number | undefined): void {
    this.#unreadNs = Math.max(this.#unreadNs, timeNs);
    this.#unreadBehind = behind;
    if (mayBegin && (this.#askedNs === undefined || timeNs >= this.#askedNs)) this.answered(timeNs);
  }

  /** Is all answered that was asked before, where a request begins at `offset` and `timeNs`, and may its own answer still come? */
  isOver(timeNs: number, offset: number): boolean {
    if (this.#unreadBehind !== undefined && ((this.#unreadBehind - offset) | 0) > 0) return false;
    const isAnswered = this.#answeredNs !== undefined && this.#answeredNs <= timeNs;
    return !this.#pipelines && isAnswered && this.#unreadNs <= timeNs;
  }
}
