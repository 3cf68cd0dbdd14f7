/** Unix connections by the kernel's address of their socket: it is another's when nobody has the socket any more. */
import type { Followed } from './followed.ts';

export class UnixSockets {
  readonly #entries = new Map<bigint, Followed>();

  /** Returns the connection whose address it was: that one is over, and this may be all that tells. */
  take(entry: Followed): Followed | undefined {
    const before = this.#entries.get(entry.open.sock);
    this.#entries.set(entry.open.sock, entry);
    return before;
  }

  forget(entry: Followed): void {
    if (this.#entries.get(entry.open.sock) === entry) this.#entries.delete(entry.open.sock);
  }

  clear(): void {
    this.#entries.clear();
  }
}
