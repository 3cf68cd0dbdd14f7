/** A map of so many entries at most: the one that was not used for longest makes room. */
export class Recent<Key, Value> {
  /** The one that was used last stands last. */
  readonly #entries = new Map<Key, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.#touch(key, value);
    return value;
  }

  /** Returns what had to make room. */
  set(key: Key, value: Value): Value | undefined {
    this.#touch(key, value);
    if (this.#entries.size <= this.#most) return undefined;
    for (const [oldest, removed] of this.#entries) {
      this.#entries.delete(oldest);
      return removed;
    }
    return undefined;
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  values(): Iterable<Value> {
    return this.#entries.values();
  }

  #touch(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
