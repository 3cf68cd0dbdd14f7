/** What io_uring moves: told where the kernel has trampolines; elsewhere not, nothing made up in its place, and said in the trace's header. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Peer, startPeer } from '../helpers/peer.ts';
import { freePort } from '../helpers/port.ts';
import { type Profiler, startProfiler, type Told } from '../helpers/profiler.ts';
import { makeRing, uringCases } from './uring-cases.ts';
import { describe, expectWhole, targetsOf } from './whole.ts';

let peer: Peer & AsyncDisposable;
let profiler: Profiler & AsyncDisposable;
let told: readonly Told[] = [];
let isTold = false;

beforeAll(async () => {
  peer = await startPeer(join(import.meta.dirname, 'peer.py'), await freePort());
  const env = { PROFILER_ROLE: 'both', PROFILER_SCOPE: 'containers', PROFILER_CGROUPS: peer.container };
  profiler = await startProfiler(env);
  await vi.waitFor(() => expect(profiler.text()).toContain('# not seen here: '), 10_000);
  isTold = !/^# not seen here: .*traffic over io_uring/m.test(profiler.text());
  await peer.play(makeRing);
  if (isTold) await profiler.says('what io_uring moves is followed');
  for (const each of uringCases) await peer.play(each);
  await profiler.stop();
  told = profiler.lines().filter(({ type }) => type === 'exchange');
});

afterAll(async () => {
  await peer[Symbol.asyncDispose]();
  await profiler[Symbol.asyncDispose]();
});

test.each(uringCases)('$name: the end that uses a ring is told, or neither it nor anything else', (each) => {
  const targets = targetsOf(each);
  const mine = told.filter(({ target, role }) => targets.has(target) && role === 'server');
  const expected = each.expected.map((line) => expectWhole(each, line, 'server'));
  expect(mine.map((line) => describe(line, peer))).toEqual(isTold ? expected : []);
});

test('the other end is told', () => {
  const clients = uringCases.filter(({ name }) => name !== 'uring-both');
  const expected = clients.flatMap((each) => each.expected.map((line) => expectWhole(each, line, 'client')));
  const found = told.filter(({ role, target }) => role === 'client' && target !== '/uring-both');
  expect(found.map((line) => describe(line, peer))).toEqual(expected);
});

test('what is not told is counted, where the socket layer says that something moved', () => {
  const { tier, counters } = profiler.status();
  const isCounted = !isTold && tier !== 'A';
  expect((counters.lostUnseen ?? 0) > 0).toBe(isCounted);
});
