/**
 * A BPF ring buffer read in place: no call and no copy per record.
 *
 * ```
 * page 0: consumer position   page 1: producer position   then the data, mapped twice in a row,
 *                                                         so that no record is ever split
 * ```
 */

/** The two mappings of a ring: the page that we write, and the rest, which we may only read. */
export type RingMemory = {
  readonly consumer: ArrayBuffer;
  readonly producer: ArrayBuffer;
  readonly pageBytes: number;
  /** A power of two. */
  readonly ringBytes: number;
};

/** Called with a record's place; it is valid only during the call. */
export type OnRecord = (at: number, length: number) => void;

export type Ring = {
  /** The data area as 32-bit words; records begin at multiples of 8 bytes. */
  readonly words: Int32Array;
  /** The same as bytes. */
  readonly bytes: Buffer;
  /** Where the kernel will write next. */
  readonly produced: () => number;
  /** Where we will read next. */
  readonly consumed: () => number;
  /** Reads what is complete, at most until `end`; stops early at a record that is still being written. */
  readonly consume: (end: number, onRecord: OnRecord) => void;
};

const RECORD_BUSY = 1 << 31;
const RECORD_DISCARDED = 1 << 30;
const RECORD_HEADER_BYTES = 8;
/** How many bytes are read before the kernel is told that they are free again. */
const RELEASE_BYTES = 1 << 18;

/** Reads a ring from its beginning. */
export function openRing(memory: RingMemory): Ring {
  const consumer = new BigUint64Array(memory.consumer, 0, 1);
  const producer = new BigUint64Array(memory.producer, 0, 1);
  const words = new Int32Array(memory.producer, memory.pageBytes, (2 * memory.ringBytes) / 4);
  const bytes = Buffer.from(memory.producer, memory.pageBytes, 2 * memory.ringBytes);
  const mask = memory.ringBytes - 1;
  let position = Number(Atomics.load(consumer, 0));

  const consume = (end: number, onRecord: OnRecord): void => {
    let released = position;
    while (position < end) {
      // `&` takes the position modulo 2^32, of which the ring's size is a divisor.
      const at = position & mask;
      const header = Atomics.load(words, at >> 2);
      if (header & RECORD_BUSY) break;
      const length = header & ~(RECORD_BUSY | RECORD_DISCARDED);
      if (!(header & RECORD_DISCARDED)) onRecord(at + RECORD_HEADER_BYTES, length);
      position += (length + RECORD_HEADER_BYTES + 7) & ~7;
      if (position - released < RELEASE_BYTES) continue;
      released = position;
      Atomics.store(consumer, 0, BigInt(position));
    }
    if (position !== released) Atomics.store(consumer, 0, BigInt(position));
  };

  return { words, bytes, consume, produced: () => Number(Atomics.load(producer, 0)), consumed: () => position };
}
