/** How many requests of a connection wait for an answer: what is missing of it leaves that open, between a least and a most. */

export class Owed {
  /** Those that were seen to begin, or are missing for sure, less the answers that began, or may be missing. */
  #least = 0;
  /** Those that may wait, if no more are missing than is known: less than none where answers to others began. */
  #most = 0;
  /** A request was counted that is known by its answer alone, and none was seen since. */
  #hasPresumed = false;

  /** Is one owed for sure? */
  get isCertain(): boolean {
    return this.#least > 0;
  }

  /** Something was asked. */
  asked(): void {
    this.#least++;
    this.#most++;
    this.#hasPresumed = false;
  }

  /** A whole request is missing; false if it was presumed before. */
  missedRequest(): boolean {
    const isNew = !this.#hasPresumed;
    this.#hasPresumed = false;
    if (isNew) this.asked();
    return isNew;
  }

  /** So many will be asked again. */
  takeBack(requests: number): void {
    this.#most -= requests;
  }

  /** What is missing, or cannot be read, may be a request; or what began was no answer. */
  mayBeMore(): void {
    this.#most++;
  }

  /** A response began that is no interim one. */
  replied(): void {
    this.#least = Math.max(0, this.#least - 1);
    this.#most--;
  }

  /** The response that began last was an interim one: that proper is still to come. */
  promised(): void {
    this.#least++;
    this.#most++;
  }

  /** Among missing bytes there may be any of them. */
  missedAnswers(): void {
    this.#least = 0;
  }

  /** All is answered. */
  settled(): void {
    this.#most = 0;
  }

  /** How many answers began more than requests that were seen, or are missing: those were asked too, and nothing was seen of it. */
  takeUnasked(): number {
    const unasked = Math.max(0, -this.#most);
    this.#most += unasked;
    this.#hasPresumed ||= unasked > 0;
    return unasked;
  }
}
