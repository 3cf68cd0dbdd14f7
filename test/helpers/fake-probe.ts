/** A probe without a kernel: rings that a test writes itself. */
import type { Probe } from '../../container/profiler/src/probe.ts';
import { openRing, type Ring } from '../../container/profiler/src/ring.ts';

const PAGE = 4096;
const RING = 1 << 16;

export type FakeRing = { readonly ring: Ring; readonly put: (record: Uint8Array) => void };

/** What the kernel shares with us, written by ourselves. */
export function fakeRing(): FakeRing {
  const consumer = new ArrayBuffer(PAGE);
  const producer = new ArrayBuffer(PAGE + 2 * RING);
  const data = Buffer.from(producer, PAGE);
  const position = new BigUint64Array(producer, 0, 1);
  const put = (record: Uint8Array): void => {
    const framed = Buffer.alloc((record.length + 15) & ~7);
    framed.writeUInt32LE(record.length);
    framed.set(record, 8);
    const at = Number(position[0]) & (RING - 1);
    // The two mappings of one memory.
    for (const [index, byte] of framed.entries()) {
      const place = (at + index) & (RING - 1);
      data[place] = byte;
      data[place + RING] = byte;
    }
    position[0] = BigInt(Number(position[0]) + framed.length);
  };
  return { ring: openRing({ consumer, producer, pageBytes: PAGE, ringBytes: RING }), put };
}

/** One whose rings are those, and that does nothing when it is told to. */
export function fakeProbe(data: Ring, control: Ring): Probe {
  const nothing = (): void => {};
  const forget = { ignore: nothing, forget: nothing, forgetAll: nothing, forgetGroup: nothing, decide: nothing };
  const switches = { attach: nothing, detach: nothing, isOpen: () => false, losses: () => ({}) };
  const told = { tier: { tier: 'A', why: 'a test', hooks: [], unseen: [] } };
  return { data, control, ringBytes: 2 * RING, ...told, ...forget, ...switches };
}
