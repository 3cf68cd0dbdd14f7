/** Connections that began like HTTP/1 and were not: how often each was taken for it. */
import { Recent } from './recent.ts';

/** So often, until the kernel is told not to try again. */
const MAX_MISTAKES = 3;
/** As many as the kernel follows. */
const MAX_REMEMBERED = 65_536;

export class Mistakes {
  readonly #made = new Recent<number, number>(MAX_REMEMBERED);

  /** One more on a connection; true if it is one too many, and then it is the first again. */
  add(conn: number): boolean {
    const made = (this.#made.get(conn) ?? 0) + 1;
    const isTooMany = made >= MAX_MISTAKES;
    if (isTooMany) this.#made.delete(conn);
    else this.#made.set(conn, made);
    return isTooMany;
  }
}
