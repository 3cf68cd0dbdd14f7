/**
 * Values by numbers, of which many come and go. A `Map` makes its table anew after so many, and the one before lies among the old
 * objects, where it is not looked at for long: till then all that was in it would be kept.
 */
export class Slots<Value> {
  /** Where each value lies: a table of this one holds nothing but numbers. */
  readonly #places = new Map<number, number>();
  readonly #values: (Value | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#places.size;
  }

  get(number: number): Value | undefined {
    const place = this.#places.get(number);
    return place === undefined ? undefined : this.#values[place];
  }

  set(number: number, value: Value): void {
    const place = this.#places.get(number) ?? this.#free.pop() ?? this.#values.length;
    this.#places.set(number, place);
    this.#values[place] = value;
  }

  delete(number: number): void {
    const place = this.#places.get(number);
    if (place === undefined) return;
    this.#places.delete(number);
    this.#values[place] = undefined;
    this.#free.push(place);
  }

  /** Those that are there now, in no order. */
  list(): Value[] {
    return this.#values.filter((value) => value !== undefined);
  }

  /** Those of these numbers. */
  listOf(numbers: Iterable<number>): Value[] {
    return Array.from(numbers, (number) => this.get(number)).filter((value) => value !== undefined);
  }

  clear(): void {
    this.#places.clear();
    this.#values.length = 0;
    this.#free.length = 0;
  }
}
