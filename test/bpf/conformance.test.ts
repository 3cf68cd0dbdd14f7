/** Every promise about HTTP/1, replayed byte for byte by real system calls and compared whole, at both ends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Peer, startPeer } from '../helpers/peer.ts';
import { freePort } from '../helpers/port.ts';
import { type Profiler, startProfiler, type Told } from '../helpers/profiler.ts';
import { type Case, cases, promises, shownElsewhere } from './cases.ts';
import { pathOf } from './path.ts';
import { uringCases } from './uring-cases.ts';
import { describe, expectWhole, targetsOf } from './whole.ts';

let peer: Peer & AsyncDisposable;
let profiler: Profiler & AsyncDisposable;
let told: readonly Told[] = [];

beforeAll(async () => {
  peer = await startPeer(join(import.meta.dirname, 'peer.py'), await freePort());
  // In a container of its own, so that nothing else on the machine is looked at.
  profiler = await startProfiler({
    PROFILER_ROLE: 'both',
    PROFILER_SCOPE: 'containers',
    PROFILER_CGROUPS: peer.container,
  });
  for (const each of cases) await peer.play(each);
  await profiler.stop();
  told = profiler.lines();
});

afterAll(async () => {
  await peer[Symbol.asyncDispose]();
  await profiler[Symbol.asyncDispose]();
});

test.each(cases)('$name', (each: Case) => {
  const targets = targetsOf(each);
  const mine = told.filter((line) => line.type === 'exchange' && targets.has(line.target));
  for (const role of ['client', 'server'] as const) {
    const seen = mine.filter((line) => line.role === role).map((line) => describe(line, peer));
    expect(seen, role).toEqual(each.expected.map((line) => expectWhole(each, line, role)));
  }
  for (const target of targets) {
    const links = mine.filter((line) => line.target === target).map((line) => line.link);
    expect(new Set(links).size, `both ends of ${target} have one link`).toBe(1);
  }
});

test('nothing was told that nobody sent', () => {
  const sent = new Set(cases.flatMap((each) => [...targetsOf(each)]));
  const ours = told.filter((line) => line.type === 'exchange' && isOurs(line));
  expect(ours.filter((line) => !sent.has(line.target)).map(inShort)).toEqual([]);
});

test('no two exchanges have the same link', () => {
  const targets = new Map<string, Set<string>>();
  for (const { link, target } of told.filter((line) => line.type === 'exchange' && isOurs(line)))
    targets.set(link, (targets.get(link) ?? new Set()).add(target));
  expect([...targets].filter(([, those]) => those.size > 1).map(([link, those]) => [link, ...those])).toEqual([]);
});

test('nothing was lost', () => {
  expect(told.filter((line) => line.type === 'loss')).toEqual([]);
});

test('every promise has a case, and every case keeps a promise', () => {
  const everything = [...cases, ...uringCases, ...shownElsewhere];
  const covered = new Set(everything.flatMap(({ covers }): readonly string[] => covers));
  expect([...covered].sort()).toEqual([...promises].sort());
  expect(everything.filter(({ covers }) => covers.length === 0)).toEqual([]);
  const elsewhere = ['talk32.test.ts'];
  const tests = elsewhere.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('\n');
  expect(shownElsewhere.filter(({ test }) => !tests.includes(`'${test}'`))).toEqual([]);
});

test('no two cases drive the same path', () => {
  const names = new Map<string, string[]>();
  for (const each of [...cases, ...uringCases])
    names.set(pathOf(each), [...(names.get(pathOf(each)) ?? []), each.name]);
  expect([...names.values()].filter((same) => same.length > 1)).toEqual([]);
});

function inShort({ method, target, status, end, requestBytes, responseBytes }: Told): string {
  return `${method} ${target} ${status ?? '-'} ${end} ${requestBytes}/${responseBytes}`;
}

function isOurs({ local, remote }: Told): boolean {
  return [local, remote].some((address) => address.endsWith(`:${peer.port}`) || address.includes('/tmp/conformance-'));
}
