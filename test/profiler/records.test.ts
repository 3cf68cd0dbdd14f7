/** Whatever stands in the rings, the profiler goes on: it may tell nonsense of nonsense, but never throws and never hangs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Drain } from '../../container/profiler/src/drain.ts';
import * as layout from '../../container/profiler/src/layout.ts';
import { readSettings } from '../../container/profiler/src/settings.ts';
import { fakeProbe, fakeRing } from '../helpers/fake-probe.ts';

const texts = [
  'GET /a HTTP/1.1\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n',
];

/** Numbers near those that mean something, so that records find each other. */
const word = fc.oneof(fc.nat(4), fc.nat(300), fc.constantFrom(0xffffffff, 0x80000000, 0x7fffffff));

const piece = fc
  .record({
    kind: fc.nat(7),
    conn: fc.nat(3),
    offset: word,
    len: word,
    cap: word,
    direction: fc.nat(2),
    text: fc.constantFrom(...texts),
    head: fc.oneof(fc.constant(0), fc.nat(60)),
    body: fc.oneof(fc.bigInt({ min: 0n, max: 400n }), fc.constant(2n ** 64n - 1n)),
    gap: fc.nat(3),
    other: word,
  })
  .map(({ kind, conn, offset, len, cap, direction, text, head, body, gap, other }) => {
    const record = Buffer.alloc(layout.piece.size + text.length);
    record.writeBigUInt64LE(BigInt(conn), layout.piece.conn);
    record.writeUInt32LE(kind, layout.piece.kind);
    record.writeUInt32LE(offset, layout.piece.offset);
    record.writeUInt32LE(len, layout.piece.len);
    record.writeUInt32LE(cap, layout.piece.cap);
    record.writeUInt16LE(direction, layout.piece.direction);
    record.writeUInt32LE(head, layout.piece.head);
    record.writeBigUInt64LE(body, layout.piece.body);
    record.writeUInt16LE(gap, layout.piece.gap);
    record.writeUInt32LE(other, layout.piece.other);
    record.write(text, layout.piece.size, 'latin1');
    return record;
  });

const open = fc
  .record({ conn: fc.nat(3), family: fc.constantFrom(0, 1, 2, 10, 999), direction: fc.nat(2) })
  .map(({ conn, family, direction }) => {
    const record = Buffer.alloc(layout.open.size);
    record.writeBigUInt64LE(BigInt(conn), layout.open.conn);
    record.writeUInt32LE(layout.kind.open, layout.open.kind);
    record.writeUInt16LE(family, layout.open.family);
    record.writeUInt16LE(direction, layout.open.requestDirection);
    return record;
  });

const noise = fc.uint8Array({ minLength: 0, maxLength: 400 });
const control = fc.oneof(
  noise,
  fc.uint8Array({ minLength: layout.close.size, maxLength: layout.close.size }),
  fc.uint8Array({ minLength: layout.cgroup.size, maxLength: layout.cgroup.size }),
);

test('records of any bytes in any order are survived', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(piece, piece, open, noise), { maxLength: 60 }),
      fc.array(control, { maxLength: 10 }),
      (records, controls) => {
        const data = fakeRing();
        const other = fakeRing();
        let told = 0;
        const events = { exchange: () => told++, lost: () => told++ };
        const drain = new Drain(fakeProbe(data.ring, other.ring), readSettings({}), events, 'salt');
        for (const record of controls) other.put(record);
        for (const record of records) {
          data.put(record);
          drain.drain();
        }
        drain.drain();
        drain.giveUp(1e18);
        drain.sweep(1e18);
        drain.clear();
        expect(data.ring.consumed()).toBe(data.ring.produced());
        expect(other.ring.consumed()).toBe(other.ring.produced());
      },
    ),
    { numRuns: 1000 },
  );
});
