/** How much memory is held of exchanges under way on all connections, and what is given up when that is too much. */
import type { Followed } from './followed.ts';

/**
 * As many as the kernel follows connections, each with a request that waits, and a part of the memory that the profiler
 * is given. When it is more, as much is given up as leaves half.
 */
const MAX_HELD_BYTES = 48 << 20;

export class Held {
  /** About how much that is. */
  bytes = 0;

  get isTooMuch(): boolean {
    return this.bytes > MAX_HELD_BYTES;
  }

  /** Something has moved on a connection. */
  weigh(entry: Followed): void {
    if (!entry.isForgotten) this.bytes += entry.weigh();
  }

  /** A connection is not held any more. */
  forget(entry: Followed): void {
    entry.isForgotten = true;
    this.bytes -= entry.heldBytes;
  }

  /** All rest that can, and where that does not help, those that hold most are given up. */
  relieve(entries: readonly Followed[]): void {
    for (const entry of entries) {
      entry.rest();
      this.weigh(entry);
    }
    if (this.bytes <= (MAX_HELD_BYTES / 4) * 3) return;
    const largest = entries.toSorted((one, other) => other.heldBytes - one.heldBytes);
    for (const entry of largest) {
      if (this.bytes <= MAX_HELD_BYTES / 2) return;
      entry.drop();
      this.weigh(entry);
    }
  }
}
