/** Capturing, with rings that the test writes: what is told when, and what the probe is told to do. */
import { beforeEach, expect, test } from 'vitest';
import { Capture } from '../../container/profiler/src/capture.ts';
import * as layout from '../../container/profiler/src/layout.ts';
import type { NamesLook } from '../../container/profiler/src/names.ts';
import { readSettings } from '../../container/profiler/src/settings.ts';
import type { Sink } from '../../container/profiler/src/sinks/sink.ts';
import type { Status } from '../../container/profiler/src/status.ts';
import { fakeProbe, fakeRing } from '../helpers/fake-probe.ts';

const CONN = 7;
const header = {
  startedUs: 5,
  tier: 'A',
  why: 'a test',
  hooks: [],
  unseen: [],
  kernel: '6',
  scope: 'host',
  role: 'server',
};
const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const response = 'HTTP/1.1 204 No Content\r\n\r\n';
let said: string[] = [];
let statuses: Status[] = [];
let losses: Record<string, number> = {};
let look: NamesLook = { state: 'as-before' };
let nowNs = 0;
/** What the probe says of io_uring, in turn. */
let following: string[] = [];

beforeEach(() => {
  following = [];
  said = [];
  statuses = [];
  losses = {};
  look = { state: 'as-before' };
  nowNs = 0;
});

test('the probe is attached before anything is told, and the state says so', () => {
  const { capture } = start();
  capture.refresh();
  expect(said).toEqual(['attach', 'header']);
  expect(statuses.at(-1)).toMatchObject({ state: 'attached', tier: 'A', why: 'a test', counters: { exchanges: 0 } });
});

test('an exchange is told with its wall-clock time and without its secrets', () => {
  const { capture, move } = start();
  move(request('/a?token=1'), response);
  expect(after(capture)).toEqual(['exchange GET /a?token=*** 204 at 1000']);
  expect(statuses.at(-1)?.counters).toMatchObject({ exchanges: 1, connections: 1 });
});

test('a loss is told when it has grown, with its whole count', () => {
  const { capture } = start();
  losses = { lostRingFull: 2 };
  capture.refresh();
  capture.refresh();
  losses = { lostRingFull: 5 };
  capture.refresh();
  expect(said.filter((word) => word.startsWith('loss'))).toEqual(['loss 2 since 5', 'loss 5 since 5']);
});

test('that the list of containers cannot be read is told once, and in the state until it can', () => {
  const { capture } = start();
  said = [];
  const tell = (next: NamesLook) => {
    look = next;
    capture.tidy();
    capture.tidy();
    capture.refresh();
    return statuses.at(-1)?.why;
  };
  expect(tell({ state: 'unreadable', why: 'no names' })).toBe('a test; no names');
  expect(said).toEqual(['note no names']);
  expect(tell({ state: 'changed', names: new Map() })).toBe('a test');
  expect(said).toEqual(['note no names']);
});

test('lines that could not be written are counted, and told by the trace that lacks them alone', () => {
  const { capture } = start({}, 3);
  capture.tick();
  capture.refresh();
  expect(statuses.at(-1)?.counters).toMatchObject({ unwritten: 3 });
  expect(said.filter((word) => word.startsWith('loss'))).toEqual([]);
});

test('a pause detaches, tells what was there, counts what was under way and forgets it', () => {
  const { capture, move } = start();
  move(request('/done'), response);
  move(request('/under-way'));
  said = [];
  expect(capture.togglePause()).toBe('paused');
  expect(said).toEqual(['detach', 'exchange GET /done 204 at 1000', 'flush', 'forget', 'loss 1 since 5']);
  expect(statuses.at(-1)).toMatchObject({ state: 'paused', counters: { exchanges: 1, paused: 1, connections: 0 } });
});

test('after a pause the probe is attached again, and a late response is nobody’s', () => {
  const { capture, move, open } = start();
  move(request('/under-way'));
  capture.togglePause();
  expect(capture.togglePause()).toBe('resumed');
  expect(statuses.at(-1)).toMatchObject({ state: 'attached' });
  move('', response);
  open();
  move(request('/after'), response);
  expect(after(capture)).toEqual(['exchange GET /after 204 at 1000']);
});

test('its end detaches once, paused or not, and tells what is left', () => {
  const running = start();
  running.move(request('/a'), response);
  said = [];
  running.capture.stop();
  expect(said).toEqual(['detach', 'exchange GET /a 204 at 1000', 'flush', 'forget', 'flush']);
  expect(statuses.at(-1)).toMatchObject({ why: 'the profiler was stopped' });
  const paused = start();
  paused.capture.togglePause();
  said = [];
  paused.capture.stop();
  expect(said).toEqual(['flush']);
});

test('what is under way when it ends is counted', () => {
  const { capture, move } = start();
  move(request('/under-way'));
  said = [];
  capture.stop();
  expect(said).toEqual(['detach', 'flush', 'forget', 'loss 1 since 5', 'flush']);
  expect(statuses.at(-1)?.counters).toMatchObject({ exchanges: 0, stopped: 1 });
});

test('bytes that nobody has read yet are not late, however long they have been there', () => {
  const { capture, move, skip } = start();
  move(request('/a').slice(0, 9));
  const missing = skip(request('/a').slice(9, 20));
  move(request('/a').slice(20));
  capture.tick();
  missing();
  move('', response);
  nowNs = 1e12;
  capture.tidy();
  expect(after(capture)).toEqual([]);
  expect(statuses.at(-1)?.counters).toMatchObject({ exchanges: 1 });
  expect(statuses.at(-1)?.counters.exchangesLost).toBeUndefined();
});

test('a connection is not silent whose bytes nobody has read yet', () => {
  const { capture, move } = start();
  move(request('/a'));
  capture.tick();
  move('', response);
  nowNs = 1e12;
  capture.sweep();
  expect(said).toContain('exchange GET /a 204 at 1000');
});

test('that lines cannot be written is said once', () => {
  const { capture } = start({}, 2);
  const notes = () => said.filter((word) => word.startsWith('note'));
  said = [];
  for (let second = 0; second < 3; second++) {
    capture.tick();
    capture.refresh();
    capture.sweep();
  }
  expect(notes()).toEqual([
    expect.stringMatching(/^note lines of the traces cannot be written, because the disk is full/),
  ]);
});

test('what the probe says of io_uring is passed on once', () => {
  const { capture } = start();
  following.push('a process uses io_uring');
  expect(after(capture)).toEqual(['note a process uses io_uring']);
  expect(after(capture)).toEqual([]);
});

test('one exchange in so many is told, and the others are not counted', () => {
  const { capture, move } = start({ PROFILER_SAMPLE: '1/999999999' });
  for (let index = 0; index < 20; index++) move(request(`/${index}`), response);
  expect(after(capture)).toEqual([]);
  expect(statuses.at(-1)?.counters).toMatchObject({ exchanges: 0 });
});

/** What was said while the rings were emptied, but for the flushes. */
function after(capture: Capture): readonly string[] {
  said = [];
  capture.tick();
  capture.refresh();
  return said.filter((word) => word !== 'flush');
}

/** A capture that has started on an open connection; `unwritten` is what its sink cannot write each time. */
function start(env: Readonly<Record<string, string>> = {}, unwritten = 0) {
  const [data, control] = [fakeRing(), fakeRing()];
  const note = (word: string) => (): void => {
    said.push(word);
  };
  const probe = {
    ...fakeProbe(data.ring, control.ring),
    ...{ attach: note('attach'), detach: note('detach'), forgetAll: note('forget'), losses: () => losses },
    follow: () => following.shift(),
  };
  const sink: Sink = {
    header: note('header'),
    exchange: ({ exchange, target, timeUs }) =>
      said.push(`exchange ${exchange.method} ${target} ${exchange.status} at ${timeUs}`),
    loss: ({ count, sinceUs }) => said.push(`loss ${count} since ${sinceUs}`),
    flush: () => {
      said.push('flush');
      return unwritten;
    },
  };
  const settings = readSettings({ PROFILER_SCOPE: 'host', ...env });
  const capture = new Capture({
    settings,
    probe,
    sinks: [sink],
    clock: { nowNs: () => nowNs, wallUs: (ns) => ns / 1000, adjust: () => {} },
    header: { ...header, sample: settings.sample },
    writeStatus: (status) => statuses.push(status),
    readNames: () => look,
    note: (sentence) => said.push(`note ${sentence}`),
    salt: 'salt',
  });
  capture.start();
  const next = [100, 900];
  const send = (direction: number, text: string): void => {
    if (text === '') return;
    data.put(pieceRecord(direction, next[direction] ?? 0, text));
    next[direction] = (next[direction] ?? 0) + text.length;
  };
  const open = (): void => {
    data.put(openRecord());
  };
  open();
  return {
    capture,
    open,
    /** Received bytes whose record comes only when the result is called. */
    skip: (text: string): (() => void) => {
      const offset = next[0] ?? 0;
      next[0] = offset + text.length;
      return () => {
        data.put(pieceRecord(layout.direction.received, offset, text));
      };
    },
    move: (received: string, sent = ''): void => {
      send(layout.direction.received, received);
      send(layout.direction.sent, sent);
    },
  };
}

function openRecord(): Buffer {
  const record = Buffer.alloc(layout.open.size);
  record.writeBigUInt64LE(BigInt(CONN), layout.open.conn);
  record.writeUInt32LE(layout.kind.open, layout.open.kind);
  record.writeUInt16LE(2, layout.open.family);
  record.writeUInt16LE(layout.direction.received, layout.open.requestDirection);
  return record;
}

function pieceRecord(direction: number, offset: number, text: string): Buffer {
  const record = Buffer.alloc(layout.piece.size + text.length);
  record.writeBigUInt64LE(1_000_000n, layout.piece.timeNs);
  record.writeBigUInt64LE(BigInt(CONN), layout.piece.conn);
  record.writeUInt32LE(layout.kind.piece, layout.piece.kind);
  record.writeUInt32LE(offset, layout.piece.offset);
  record.writeUInt32LE(text.length, layout.piece.len);
  record.writeUInt32LE(text.length, layout.piece.cap);
  record.writeUInt32LE(direction, layout.piece.direction);
  record.write(text, layout.piece.size, 'latin1');
  return record;
}
