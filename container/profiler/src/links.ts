/** What the two ends of one exchange have in common, so that whoever reads the trace can put them together. */
import { createHash } from 'node:crypto';
import { Recent } from './recent.ts';
import type { OpenRecord } from './records.ts';

/** Pairs of Unix sockets that are remembered; what is older begins anew. */
const MAX_PAIRS = 65_536;
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** TCP sequences are the same at both ends, whatever addresses are translated between them. */
export function tcpLink(requestOffset: number, responseOffset: number | undefined): string {
  return hex(requestOffset) + hex(responseOffset ?? 0);
}

/**
 * Links of Unix connections, whose offsets begin at 0. The two ends know each other by the kernel's addresses of their
 * sockets, which never leave the process; and since the kernel hands the same two out again, by how often it did.
 */
export class UnixLinks {
  readonly #pairs = new Recent<string, { count: number; opened: Set<bigint> }>(MAX_PAIRS);
  readonly #salt: string;

  constructor(salt: string) {
    this.#salt = salt;
  }

  /** Of a connection that begins; an end that was there before has got another one. */
  open({ sock, peer }: Pick<OpenRecord, 'sock' | 'peer'>): (requestOffset: number) => string {
    const ends = sock < peer ? `${sock} ${peer}` : `${peer} ${sock}`;
    const pair = this.#pairs.get(ends) ?? { count: 0, opened: new Set() };
    if (pair.opened.has(sock)) {
      pair.count++;
      pair.opened.clear();
    }
    pair.opened.add(sock);
    this.#pairs.set(ends, pair);
    const connection = createHash('sha256').update(`${this.#salt} ${ends} ${pair.count}`).digest('hex').slice(0, 8);
    return (requestOffset) => connection + hex(requestOffset);
  }
}

/** Byte by byte: Node prints a number of 32 bits to the base 16 in half a microsecond. */
function hex(value: number): string {
  return `${BYTES[value >>> 24]}${BYTES[(value >>> 16) & 0xff]}${BYTES[(value >>> 8) & 0xff]}${BYTES[value & 0xff]}`;
}
