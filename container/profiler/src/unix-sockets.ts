/** Unix connections by the kernel's address of their socket: it is another's when nobody has the socket any more. */
import type { OpenRecord } from './records.ts';

type Opened = Pick<OpenRecord, 'sock' | 'conn'>;

export class UnixSockets {
  /** Their numbers, and not what is followed: a table that is outgrown may stay for long. */
  readonly #conns = new Map<bigint, number>();

  /** Returns the connection whose address it was: that one is over, and this may be all that tells. */
  take({ sock, conn }: Opened): number | undefined {
    const before = this.#conns.get(sock);
    this.#conns.set(sock, conn);
    return before;
  }

  /** The numbers of all that are followed, a few among tens of thousands over TCP. */
  conns(): Iterable<number> {
    return this.#conns.values();
  }

  forget({ sock, conn }: Opened): void {
    if (this.#conns.get(sock) === conn) this.#conns.delete(sock);
  }

  clear(): void {
    this.#conns.clear();
  }
}
