/** A probe without a kernel: rings that a test writes itself. */
import type { Probe } from '../../container/profiler/src/probe.ts';
import { openRing, type Ring } from '../../container/profiler/src/ring.ts';

const PAGE = 4096;
const RING = 1 << 16;

export type FakeRing = {
  readonly ring: Ring;
  /** Writes a record; one that is `busy` is complete when the result is called. */
  readonly put: (record: Uint8Array, state?: 'busy' | 'discarded') => () => void;
  /** How far the kernel has been told that there is room again. */
  readonly freed: () => number;
};

/** BPF_RINGBUF_BUSY_BIT and BPF_RINGBUF_DISCARD_BIT, include/uapi/linux/bpf.h. */
const FLAGS = { busy: 2 ** 31, discarded: 2 ** 30 };

/** What the kernel shares with us, written by ourselves. */
export function fakeRing(): FakeRing {
  const consumer = new ArrayBuffer(PAGE);
  const producer = new ArrayBuffer(PAGE + 2 * RING);
  const data = Buffer.from(producer, PAGE);
  const position = new BigUint64Array(producer, 0, 1);
  const write = (at: number, bytes: Uint8Array): void => {
    // The two mappings of one memory.
    for (const [index, byte] of bytes.entries()) {
      const place = (at + index) & (RING - 1);
      data[place] = byte;
      data[place + RING] = byte;
    }
  };
  const put: FakeRing['put'] = (record, state) => {
    const framed = Buffer.alloc((record.length + 15) & ~7);
    framed.writeUInt32LE(record.length + (state === undefined ? 0 : FLAGS[state]));
    framed.set(record, 8);
    const at = Number(position[0]);
    write(at, framed);
    position[0] = BigInt(at + framed.length);
    return () => write(at + 3, Buffer.of(0));
  };
  const freed = (): number => Number(new BigUint64Array(consumer, 0, 1)[0]);
  return { ring: openRing({ consumer, producer, pageBytes: PAGE, ringBytes: RING }), put, freed };
}

/** One whose rings are those, and that does nothing when it is told to. */
export function fakeProbe(data: Ring, control: Ring): Probe {
  const nothing = (): void => {};
  const forget = {
    ignore: nothing,
    forget: nothing,
    passOver: nothing,
    forgetAll: nothing,
    forgetGroup: nothing,
    decide: nothing,
  };
  const switches = {
    attach: nothing,
    detach: nothing,
    follow: () => undefined,
    isOpen: () => false,
    isStillOpen: () => true,
    losses: () => ({}),
  };
  const told = { tier: { tier: 'A', why: 'a test', hooks: [], unseen: [] } };
  return { data, control, ringBytes: 2 * RING, ...told, ...forget, ...switches };
}
