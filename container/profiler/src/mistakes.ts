/** Connections that began like HTTP/1 and were not: how often each was taken for it. */

/** So often, until the kernel is told not to try again. */
const MAX_MISTAKES = 3;
/** As many as the kernel follows. */
const MAX_REMEMBERED = 65_536;

export class Mistakes {
  readonly #made = new Map<number, number>();

  /** One more on a connection; true if it is one too many, and then it is the first again. */
  add(conn: number): boolean {
    const made = (this.#made.get(conn) ?? 0) + 1;
    this.#made.delete(conn);
    if (made >= MAX_MISTAKES) return true;
    this.#made.set(conn, made);
    // The one that was made last is forgotten last.
    if (this.#made.size > MAX_REMEMBERED) for (const oldest of this.#made.keys()) if (this.#made.delete(oldest)) break;
    return false;
  }
}
