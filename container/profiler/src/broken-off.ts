/**
 * TCP connections that were over in the middle of a request. What was sent of it before that may still be read, and its client may
 * not know yet: the kernel takes what comes then for the first of a connection, and it is the rest of that request, whatever it
 * begins with.
 */
import { Recent } from './recent.ts';
import type { OpenRecord } from './records.ts';

type Ends = Pick<OpenRecord, 'conn' | 'local' | 'remote'>;

/** Nobody goes on for long with one that is over. */
const MAX_REMEMBERED = 4_096;

export class BrokenOff {
  readonly #ends = new Recent<number, string>(MAX_REMEMBERED);

  add(ended: Ends): void {
    this.#ends.set(ended.conn, spell(ended));
  }

  /** Is it one of them? A socket that was connected anew has other ends. */
  has(opened: Ends): boolean {
    return this.#ends.get(opened.conn) === spell(opened);
  }
}

function spell({ local, remote }: Ends): string {
  return `${local} ${remote}`;
}
