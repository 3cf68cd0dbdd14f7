/**
 * Whose turn it is on a connection. A client that waits for its answers has the last one when it asks again: where step
 * was lost, it is found there. One that does not wait leaves open which answer is to what.
 */
export class Turns {
  #wasAsked = false;
  /** When the answer to the last request began; undefined while none has. */
  #answeredNs: number | undefined;
  /** What was asked last was so before the answer to what came before it. */
  #isAhead = false;
  #pipelines = false;

  /** The first byte of a request came at `timeNs`, or of what stands in its place. */
  began(timeNs: number): void {
    this.#isAhead = this.#wasAsked && !(this.#answeredNs !== undefined && this.#answeredNs <= timeNs);
    this.asked();
  }

  /** It is a request. */
  requested(): void {
    if (this.#isAhead) this.#pipelines = true;
  }

  /** Bytes of requests came, wherever these begin. */
  asked(): void {
    this.#wasAsked = true;
    this.#answeredNs = undefined;
  }

  /** A response began at `timeNs`. */
  answered(timeNs: number): void {
    this.#answeredNs ??= timeNs;
  }

  /** Is all answered that was asked before, where a request begins at `timeNs`? */
  isOver(timeNs: number): boolean {
    return !this.#pipelines && this.#answeredNs !== undefined && this.#answeredNs <= timeNs;
  }
}
