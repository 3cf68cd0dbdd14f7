/**
 * Records that are lost, doubled, late, out of order, of times that jump, or not what they should be: what is told was sent, every
 * line can be read, and its numbers are some.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Capture } from '../../container/profiler/src/capture.ts';
import { createClock } from '../../container/profiler/src/clock.ts';
import * as layout from '../../container/profiler/src/layout.ts';
import { readSettings } from '../../container/profiler/src/settings.ts';
import { jsonFormat } from '../../container/profiler/src/sinks/json.ts';
import type { Sink } from '../../container/profiler/src/sinks/sink.ts';
import { textFormat } from '../../container/profiler/src/sinks/text.ts';
import type { Status } from '../../container/profiler/src/status.ts';
import { fakeProbe, fakeRing } from '../helpers/fake-probe.ts';
import { recordOf } from '../helpers/records.ts';
import { header } from '../helpers/told.ts';
import { plainMessage, toPairs } from './traffic.ts';

const SECOND_NS = 1_000_000_000n;
const UNIX = 1;
const INET = 2;
const BOOT_NS = 1_790_000_000n * SECOND_NS;
const TEXT_LINE =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ \S+ (?:\d{3}|-) (?:\d+\.\d{3}ms|-) \S+ (?:server|client) \S+<->\S+$/;

type Entry = { readonly where: 'data' | 'control'; readonly bytes: Buffer; readonly isOpen?: boolean };
type Of<Made> = Made extends fc.Arbitrary<infer Value> ? Value : never;

/** Where streams begin: also just before their offsets begin anew. */
const offset = fc.oneof(fc.constantFrom(1, 1_000, 0xffff_fff0, 0x7fff_fff0), fc.nat(0xffff_ffff));
const connection = fc.record({
  isServer: fc.boolean(),
  family: fc.constantFrom(INET, UNIX),
  asked: offset,
  answered: offset,
  messages: fc.array(plainMessage, { minLength: 1, maxLength: 5 }),
  sizes: fc.array(fc.integer({ min: 9, max: 80 }), { minLength: 1, maxLength: 8 }),
  group: fc.bigInt({ min: 0n, max: 2n }),
  isClosed: fc.boolean(),
});
const connections = fc.array(connection, { minLength: 1, maxLength: 4 });

/** What the kernel would tell of it. */
function recordsOf(number: number, conn: Of<typeof connection>): readonly Entry[] {
  const { isServer, family, asked, answered, messages, sizes, group, isClosed } = conn;
  const requestDirection = isServer ? layout.direction.received : layout.direction.sent;
  const next = { '>': asked, '<': family === UNIX ? 0 : answered };
  let timeNs = SECOND_NS;
  let isFirst = family !== UNIX;
  const place = { conn: BigInt(number), family, requestDirection, sock: BigInt(number), peer: 5n };
  const open = recordOf(layout.open, { ...place, kind: layout.kind.open, timeNs, localPort: 80, remotePort: number });
  const steps = toPairs(messages, sizes).flatMap(({ request, response }) => [...request, ...response]);
  const pieces = steps.map(({ way, text, unknown = 0, framed }): Entry => {
    timeNs += 1_000_000n;
    const direction = way === '>' ? requestDirection : 1 - requestDirection;
    const length = text.length + unknown;
    const isOfClient = way === '<' && !isServer && family !== UNIX;
    const other = way === '>' ? (isFirst ? next['<'] : 0) : isOfClient ? next['>'] : 0;
    const head = framed === undefined ? {} : { head: framed.headBytes, body: BigInt(framed.bodyBytes ?? 0) };
    const where = { offset: next[way] >>> 0, len: length, cap: text.length, direction, other: other >>> 0 };
    const who = { pid: 40 + number, comm: `c${number}`, group };
    next[way] += length;
    isFirst = false;
    const kind = layout.kind.piece;
    const fields = { conn: BigInt(number), kind, timeNs, ...where, ...head, ...who };
    return { where: 'data', bytes: recordOf(layout.piece, fields, text) };
  });
  const end = { conn: BigInt(number), kind: layout.kind.close, timeNs: timeNs + 1n, oldState: 1, newState: 7 };
  const close = recordOf(layout.close, end);
  const ends = isServer ? [next['>'], next['<']] : [next['<'], next['>']];
  for (const [index, at] of ends.entries()) close.writeUInt32LE(at >>> 0, layout.close.ends.at + 4 * index);
  const closed: readonly Entry[] = isClosed && family !== UNIX ? [{ where: 'control', bytes: close }] : [];
  return [{ where: 'data', bytes: open, isOpen: true }, ...pieces, ...closed];
}

/** Several at once, each in its order; `turns` says whose record comes next. */
function interleave(all: readonly (readonly Entry[])[], turns: readonly number[]): readonly Entry[] {
  const left = all.map((records) => [...records]);
  const mixed: Entry[] = [];
  for (let turn = 0; left.some((records) => records.length > 0); turn++) {
    const busy = left.filter((records) => records.length > 0);
    const record = busy[(turns[turn % turns.length] ?? 0) % busy.length]?.shift();
    if (record !== undefined) mixed.push(record);
  }
  return mixed;
}

/** A profiler whose rings are given these records, a few at a time; what it wrote and counted. */
function run(records: readonly Entry[], perTick = 3) {
  const [data, control] = [fakeRing(), fakeRing()];
  const lines = { text: [] as string[], json: [] as string[] };
  const sink: Sink = {
    header: () => {},
    exchange: (told) => {
      lines.text.push(textFormat.exchange(told));
      lines.json.push(jsonFormat.exchange(told));
    },
    loss: () => {},
    flush: () => 0,
  };
  let nowNs = SECOND_NS;
  const statuses: Status[] = [];
  const capture = new Capture({
    settings: readSettings({ PROFILER_SCOPE: 'host' }),
    probe: { ...fakeProbe(data.ring, control.ring), isOpen: () => true },
    sinks: [sink],
    clock: createClock(
      () => BOOT_NS,
      () => nowNs,
    ),
    header,
    writeStatus: (status) => statuses.push(status),
    readNames: () => ({ state: 'as-before' }),
    note: () => {},
    salt: 'salt',
  });
  capture.start();
  for (const [index, { where, bytes }] of records.entries()) {
    (where === 'data' ? data : control).put(bytes);
    nowNs += 5_000_000n;
    if (index % perTick === 0) capture.tick();
    if (index % (3 * perTick) === 0) capture.tidy();
  }
  capture.tick();
  nowNs += 300n * SECOND_NS;
  capture.tidy();
  capture.sweep();
  capture.stop();
  expect([data.ring.consumed(), control.ring.consumed()]).toEqual([data.ring.produced(), control.ring.produced()]);
  return { ...lines, counters: statuses.at(-1)?.counters ?? {} };
}

/** Every line of both traces can be read, and says what may be. */
function readLines({ text, json }: { readonly text: readonly string[]; readonly json: readonly string[] }) {
  for (const line of text) expect(line).toMatch(TEXT_LINE);
  return json.map((line) => {
    const told = JSON.parse(line);
    const { requestLast, responseFirst, responseLast } = told.timing;
    const counts = [told.requestBytes, told.responseBytes, requestLast ?? 0, responseFirst ?? 0, responseLast ?? 0];
    for (const count of counts) if (!(Number.isInteger(count) && count >= 0)) expect(line).toBe('a line with counts');
    if (!(told.durationMs === null || told.durationMs >= 0)) expect(line).toBe('a line with a duration');
    return told;
  });
}

const fate = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  what: fc.constantFrom('lost', 'doubled', 'late', 'early', 'of another time'),
  by: fc.nat(6),
});

function meet(records: readonly Entry[], fates: readonly Of<typeof fate>[]) {
  const all = [...records];
  for (const { at, what, by } of fates) {
    const index = Math.floor(at * all.length);
    const record = all[index];
    // What opens a connection is told in front of its first piece.
    if (record === undefined || (record.isOpen && what !== 'lost' && what !== 'of another time')) continue;
    if (what === 'lost') all.splice(index, 1);
    if (what === 'doubled') all.splice(index + by, 0, record);
    if (what === 'late' || what === 'early') {
      all.splice(index, 1);
      all.splice(Math.max(0, index + (what === 'late' ? by : -by)), 0, record);
    }
    if (what === 'of another time') {
      const bytes = Buffer.from(record.bytes);
      const jumps = [0n, 1n, 1_000_000_000_000n, 2_000_000_000n, 999_000_000n, 2n ** 62n, 1_005_000_000n];
      bytes.writeBigUInt64LE(jumps[by] ?? 0n, 0);
      all[index] = { ...record, bytes };
    }
  }
  return all;
}

test('what is told was sent, whatever becomes of some records', () => {
  fc.assert(
    fc.property(
      connections,
      fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }),
      fc.array(fate, { maxLength: 8 }),
      fc.integer({ min: 1, max: 12 }),
      (list, turns, fates, perTick) => {
        const all = list.map((conn, index) => recordsOf(index + 1, conn));
        const told = readLines(run(meet(interleave(all, turns), fates), perTick));
        for (const { target, status, comm } of told) {
          const conn = Number(comm.slice(1));
          const asked = list[conn - 1]?.messages.map((_, index) => `/${index}`);
          if (!asked?.includes(target)) expect({ target, status, comm }).toBe('one that was sent');
          if (status !== null && status !== 400 + Number(target.slice(1)))
            expect({ target, status, comm }).toBe('told with its own answer');
        }
        const each = told.map(({ comm, target }) => `${comm} ${target}`);
        expect(new Set(each).size).toBe(each.length);
        if (fates.length === 0) expect(each).toHaveLength(list.flatMap(({ messages }) => messages).length);
      },
    ),
    { numRuns: 500 },
  );
});

/** A field of a record that says something else than the kernel would, or bytes that are none. */
const harm = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  field: fc.nat(400),
  value: fc.oneof(
    fc.constantFrom(0, 1, 2, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff),
    fc.nat(300),
    fc.nat(0xffff_ffff),
  ),
  isAdded: fc.boolean(),
});

function spoil(records: readonly Entry[], harms: readonly Of<typeof harm>[]) {
  const all = [...records];
  for (const { at, field, value, isAdded } of harms) {
    const index = Math.floor(at * all.length);
    const record = all[index];
    if (record === undefined) continue;
    const bytes = Buffer.from(record.bytes);
    // Most fields stand in front.
    const place = field % Math.min(bytes.length - 3, field % 3 === 0 ? bytes.length - 3 : 84);
    bytes.writeUInt32LE(value, place - (place % 4));
    all.splice(index, isAdded ? 0 : 1, { ...record, bytes });
  }
  return all;
}

test('whatever stands in the records, every line that comes of them can be read', () => {
  fc.assert(
    fc.property(
      connections,
      fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }),
      fc.array(harm, { minLength: 1, maxLength: 12 }),
      fc.array(fate, { maxLength: 3 }),
      (list, turns, harms, fates) => {
        const all = list.map((conn, index) => recordsOf(1 + (index % 3), conn));
        readLines(run(meet(spoil(interleave(all, turns), harms), fates)));
      },
    ),
    { numRuns: 500 },
  );
});
