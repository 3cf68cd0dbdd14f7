/** First in, first out, each in constant time: what an array's `shift` does not keep to when it is long. */

/** So long, `shift` is as quick as anything. */
const SHORT = 1_024;

export class Queue<T> {
  #items: (T | undefined)[] = [];
  /** Where the first is; before it are the places of those that have left. */
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.#items.length < SHORT) return this.#items.shift();
    const { first } = this;
    this.#items[this.#head] = undefined;
    this.#head++;
    // The others move up when they are no more than those that have left.
    if (this.#head >= this.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
