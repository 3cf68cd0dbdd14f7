/** Every promise about HTTP/1, replayed byte for byte by real system calls and compared whole, at both ends. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containIn } from '../helpers/contain.ts';
import { type Profiler, startProfiler, type Told } from '../helpers/profiler.ts';
import { type Case, cases, promises, shownElsewhere } from './cases.ts';
import { pathOf } from './path.ts';
import { describe, expectWhole, PORT, targetsOf } from './whole.ts';

let peer: ChildProcessWithoutNullStreams;
let container: ReturnType<typeof containIn>;
let command = '';
let profiler: Profiler & AsyncDisposable;
let told: readonly Told[] = [];

beforeAll(async () => {
  peer = spawn('python3', [join(import.meta.dirname, 'peer.py'), String(PORT), `/tmp/conformance-${process.pid}.sock`]);
  const complaints: string[] = [];
  peer.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const said = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  expect((await said.next()).value, complaints.join('')).toBe(String(peer.pid));
  // In a container of its own, so that nothing else on the machine is looked at.
  container = containIn([peer.pid ?? 0]);
  profiler = await startProfiler({
    PROFILER_ROLE: 'both',
    PROFILER_SCOPE: 'containers',
    PROFILER_CGROUPS: container.id,
  });
  for (const { name, transport, steps } of cases) {
    peer.stdin.write(`${JSON.stringify({ name, transport, steps })}\n`);
    expect((await said.next()).value, `${name}: ${complaints.join('')}`).toBe(name);
  }
  // While it runs: nothing can be asked about a process that has ended.
  command = readFileSync(`/proc/${peer.pid}/comm`, 'utf8').trim();
  peer.stdin.end();
  await profiler.stop();
  told = profiler.lines();
});

afterAll(async () => {
  peer.kill();
  if (peer.exitCode === null && peer.signalCode === null) await once(peer, 'exit');
  container[Symbol.dispose]();
  await profiler[Symbol.asyncDispose]();
});

test.each(cases)('$name', (each: Case) => {
  const targets = targetsOf(each);
  const mine = told.filter((line) => line.type === 'exchange' && targets.has(line.target));
  for (const role of ['client', 'server'] as const) {
    const seen = mine
      .filter((line) => line.role === role)
      .map((line) => describe(line, { pid: peer.pid, command, container: container.id }));
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
  const covered = new Set([...cases, ...shownElsewhere].flatMap(({ covers }): readonly string[] => covers));
  expect([...covered].sort()).toEqual([...promises].sort());
  expect([...cases, ...shownElsewhere].filter(({ covers }) => covers.length === 0)).toEqual([]);
  const tests = readFileSync(join(import.meta.dirname, 'unseen.test.ts'), 'utf8');
  expect(shownElsewhere.filter(({ test }) => !tests.includes(`'${test}'`))).toEqual([]);
});

test('no two cases drive the same path', () => {
  const names = new Map<string, string[]>();
  for (const each of cases) names.set(pathOf(each), [...(names.get(pathOf(each)) ?? []), each.name]);
  expect([...names.values()].filter((same) => same.length > 1)).toEqual([]);
});

function inShort({ method, target, status, end, requestBytes, responseBytes }: Told): string {
  return `${method} ${target} ${status ?? '-'} ${end} ${requestBytes}/${responseBytes}`;
}

function isOurs({ local, remote }: Told): boolean {
  return [local, remote].some((address) => address.endsWith(`:${PORT}`) || address.includes('/tmp/conformance-'));
}
