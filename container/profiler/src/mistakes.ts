/** Connections that began like HTTP/1 and were not: how often each was taken for it. */

/** So often, until the kernel is told not to try again. */
const MAX_MISTAKES = 3;
const MAX_REMEMBERED = 1024;

export class Mistakes {
  readonly #made = new Map<number, number>();

  /** One more on a connection; true if it is one too many, and then it is the first again. */
  add(conn: number): boolean {
    const made = (this.#made.get(conn) ?? 0) + 1;
    this.#made.delete(conn);
    if (made >= MAX_MISTAKES) return true;
    if (this.#made.size > MAX_REMEMBERED) this.#made.clear();
    this.#made.set(conn, made);
    return false;
  }
}
