/** A map of so many entries at most: the one that was not used for longest makes room. */

type Entry<Key, Value> = {
  readonly key: Key;
  readonly value: Value;
  older: Entry<Key, Value> | undefined;
  newer: Entry<Key, Value> | undefined;
};

export class Recent<Key, Value> {
  /** Its own order is of no use: to find its first, a `Map` passes over the places of all that left it since it was made anew. */
  readonly #entries = new Map<Key, Entry<Key, Value>>();
  readonly #most: number;
  #oldest: Entry<Key, Value> | undefined;
  #newest: Entry<Key, Value> | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry !== this.#newest) {
      this.#takeOut(entry);
      this.#append(entry);
    }
    return entry?.value;
  }

  /** Returns what had to make room. */
  set(key: Key, value: Value): Value | undefined {
    this.delete(key);
    const entry = { key, value, older: undefined, newer: undefined };
    this.#entries.set(key, entry);
    this.#append(entry);
    const oldest = this.#oldest;
    if (this.#entries.size <= this.#most || oldest === undefined) return undefined;
    this.delete(oldest.key);
    return oldest.value;
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#takeOut(entry);
  }

  values(): readonly Value[] {
    return Array.from(this.#entries.values(), ({ value }) => value);
  }

  #append(entry: Entry<Key, Value>): void {
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  /** What has left holds no other: it may lie among the old objects for long. */
  #takeOut(entry: Entry<Key, Value>): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    entry.older = undefined;
    entry.newer = undefined;
  }
}
