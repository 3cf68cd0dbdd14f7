/** What user space costs: made-up records of a busy keep-alive server through the real drain into real files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Capture } from '../../../container/profiler/src/capture.ts';
import { createClock } from '../../../container/profiler/src/clock.ts';
import * as layout from '../../../container/profiler/src/layout.ts';
import type { Probe } from '../../../container/profiler/src/probe.ts';
import { openRing } from '../../../container/profiler/src/ring.ts';
import { readSettings } from '../../../container/profiler/src/settings.ts';
import { openFileSink } from '../../../container/profiler/src/sinks/file.ts';
import { jsonFormat } from '../../../container/profiler/src/sinks/json.ts';
import type { Format, Header } from '../../../container/profiler/src/sinks/sink.ts';
import { textFormat } from '../../../container/profiler/src/sinks/text.ts';

const RING_BYTES = 32 << 20;
const PAGE_BYTES = 4096;
const CONNECTIONS = 64;
const EXCHANGES = 60_000;
const ROUNDS = 6;
/** What comes in one tick of the timer at a hundred thousand exchanges a second. */
const EXCHANGES_PER_TICK = 1000;

const REQUEST = 'GET /users?page=12 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n';
const RESPONSE =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 240\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\nConnection: keep-alive\r\n\r\n';

/** Prints CPU per exchange, for each sink and for both. */
export function measureDrain(): void {
  const sinks: Readonly<Record<string, readonly Format[]>> = {
    'no sink': [],
    'text trace': [textFormat],
    'text and JSON': [textFormat, jsonFormat],
  };
  for (const [name, formats] of Object.entries(sinks)) {
    const perExchange = drainMany(formats);
    console.log(
      `drain: ${name} ${perExchange.toFixed(2)} us per exchange, ${(perExchange / 2).toFixed(2)} us per record, ${Math.round(1e6 / perExchange)} exchanges/s on one core`,
    );
  }
}

function drainMany(formats: readonly Format[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'bench-drain-'));
  const sinks = formats.map((format, index) => {
    const path = join(folder, `trace-${index}`);
    writeFileSync(path, '');
    writeFileSync(`${path}.1`, '');
    return openFileSink(path, format, 2 ** 32);
  });
  const ring = createRing();
  const capture = new Capture({
    settings: readSettings({ PROFILER_SCOPE: 'host' }),
    probe: fakeProbe(ring.ring),
    sinks,
    clock: createClock(
      () => 1_700_000_000_000_000_000n,
      () => 0n,
    ),
    header: { startedUs: 0, hooks: [], unseen: [] } as unknown as Header,
    writeStatus: () => {},
    readNames: () => ({ state: 'as-before' }),
    note: () => {},
    salt: '',
  });
  let best = Number.POSITIVE_INFINITY;
  for (let conn = 1; conn <= CONNECTIONS; conn++) ring.open(conn);
  capture.tick();
  for (let round = 0; round < ROUNDS; round++) {
    let spentUs = 0;
    for (let done = 0; done < EXCHANGES; done += EXCHANGES_PER_TICK) {
      for (let exchange = 0; exchange < EXCHANGES_PER_TICK; exchange++) ring.exchange(1 + (exchange % CONNECTIONS));
      const before = process.cpuUsage();
      capture.tick();
      const { user, system } = process.cpuUsage(before);
      spentUs += user + system;
    }
    best = Math.min(best, spentUs / EXCHANGES);
  }
  rmSync(folder, { recursive: true });
  return best;
}

function fakeProbe(data: ReturnType<typeof openRing>): Probe {
  const nothing = (): void => {};
  return {
    data,
    control: createRing().ring,
    ringBytes: RING_BYTES,
    tier: { tier: 'A', why: '', hooks: [], unseen: [] },
    attach: nothing,
    detach: nothing,
    follow: () => undefined,
    decide: nothing,
    forgetGroup: nothing,
    ignore: nothing,
    forget: nothing,
    passOver: nothing,
    forgetAll: nothing,
    isOpen: () => true,
    isStillOpen: () => true,
    losses: () => ({}),
  };
}

/** A ring in ordinary memory, and what writes records into it as the kernel does. */
function createRing() {
  const consumer = new ArrayBuffer(PAGE_BYTES);
  const producer = new ArrayBuffer(PAGE_BYTES + 2 * RING_BYTES);
  const ring = openRing({ consumer, producer, pageBytes: PAGE_BYTES, ringBytes: RING_BYTES });
  const position = new BigUint64Array(producer, 0, 1);
  const bytes = Buffer.from(producer, PAGE_BYTES);
  const sequences = Array.from({ length: CONNECTIONS + 1 }, () => [0xf000_1000, 0x8000_5000]);
  let timeNs = 1_000_000_000_000;
  let written = 0;

  const add = (length: number, fill: (at: number) => void): void => {
    const at = written % RING_BYTES;
    bytes.writeUInt32LE(length, at);
    fill(at + 8);
    // The second mapping of what lies beyond the end, and of what lies at the beginning.
    const size = (length + 15) & ~7;
    if (at + size > RING_BYTES) bytes.copy(bytes, 0, RING_BYTES, at + size);
    written += size;
    Atomics.store(position, 0, BigInt(written));
  };

  const piece = (conn: number, direction: number, head: string, bodyBytes: number): void => {
    const line = head.slice(0, head.indexOf('\n') + 1);
    const length = head.length + bodyBytes;
    const sequence = sequences[conn]?.[direction] ?? 0;
    add(layout.piece.size + line.length, (at) => {
      timeNs += 1234;
      bytes.fill(0, at, at + layout.piece.size);
      bytes.writeBigUInt64LE(BigInt(timeNs), at + layout.piece.timeNs);
      bytes.writeBigUInt64LE(BigInt(conn), at + layout.piece.conn);
      bytes.writeUInt32LE(layout.kind.piece, at + layout.piece.kind);
      bytes.writeUInt32LE(sequence >>> 0, at + layout.piece.offset);
      bytes.writeUInt32LE(length, at + layout.piece.len);
      bytes.writeUInt32LE(line.length, at + layout.piece.cap);
      bytes.writeUInt32LE(head.length, at + layout.piece.head);
      bytes.writeBigUInt64LE(BigInt(bodyBytes), at + layout.piece.body);
      bytes.writeUInt32LE(4711, at + layout.piece.pid);
      bytes.writeUInt16LE(direction, at + layout.piece.direction);
      bytes.write('node', at + layout.piece.comm.at, 'latin1');
      bytes.write(line, at + layout.piece.size, 'latin1');
    });
    const both = sequences[conn];
    if (both) both[direction] = sequence + length;
  };

  return {
    ring,
    open: (conn: number): void =>
      add(layout.open.size, (at) => {
        bytes.fill(0, at, at + layout.open.size);
        bytes.writeBigUInt64LE(BigInt(conn), at + layout.open.conn);
        bytes.writeUInt32LE(layout.kind.open, at + layout.open.kind);
        bytes.writeUInt16LE(2, at + layout.open.family);
      }),
    exchange: (conn: number): void => {
      piece(conn, layout.direction.received, REQUEST, 0);
      piece(conn, layout.direction.sent, RESPONSE, 240);
    },
  };
}
