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

  get last(): T | undefined {
    return this.length === 0 ? undefined : this.#items.at(-1);
  }

  /** Takes out the last ones of which that holds, in their order. */
  takeLastWhile(holds: (item: T) => boolean): readonly T[] {
    const taken: T[] = [];
    for (let { last } = this; last !== undefined && holds(last); { last } = this) {
      taken.push(last);
      this.#items.pop();
    }
    return taken.reverse();
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    // The only one, as it is most often, is quicker to take from the end.
    if (this.length === 1 && this.#head === 0) return this.#items.pop();
    if (this.#head === 0 && this.#items.length < SHORT) return this.#items.shift();
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
