/**
 * What runs in a guest: starts a server in a container and the profiler, plays the cases, compares the trace with them,
 * and asks the verifier what the programs cost. Each finding is a line; the last says that the guest got to its end.
 */
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Case, cases } from './cases.ts';
import { compare } from './compare.ts';
import { PORT, SOCKET } from './places.ts';
import { play } from './play.ts';
import { startProfiler } from './profiler.ts';
import { measureVerifier } from './verifier.ts';

/** As Podman names the cgroup of a container, on both hierarchies. */
const CONTAINER = `0123456789abcdef`.repeat(4);
const PATIENCE_MS = 15_000;

/** This disk; what runs here is bundled. */
const root = import.meta.dirname;
const more = process.env.GUEST_CAPABILITY ?? '';

const server = fork(join(root, 'server.mjs'));
const told = (): Promise<unknown> => new Promise((resolve) => server.once('message', resolve));
await told();
enterContainer(server.pid ?? 0);
const profiler = await startProfiler(root, more);
console.log(`GUEST profiler attached after ${uptime()} s`);
for (const played of cases) {
  const isOver = told();
  await play(connect(placeOf(played)), 'client', played.steps);
  await isOver;
}
const expected = cases.reduce((sum, { expected }) => sum + expected.length, 0);
const exchanges = (): number => profiler.read().filter((line) => line.type === 'exchange').length;
for (let waited = 0; exchanges() < expected && waited < PATIENCE_MS; waited += 100) await wait(100);
console.log(`GUEST cases played after ${uptime()} s`);
const { lines, status } = await profiler.stop();
server.kill();
const header = lines.find((line) => line.type === 'header');
console.log(`GUEST tier ${header?.tier}: ${header?.why}`);
const findings = compare(cases, lines, status, CONTAINER);
for (const { name, problem } of findings)
  console.log(`CASE ${problem === undefined ? 'ok' : 'not ok'} ${name}${problem === undefined ? '' : `: ${problem}`}`);
for (const { program, instructions, stack } of measureVerifier(join(root, 'http_probe.o'))) {
  console.log(`VERIFIER ${program} ${instructions} ${stack}`);
}
console.log(`GUEST finished ${findings.length} cases`);

function enterContainer(pid: number): void {
  const hierarchies = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/pids'];
  for (const hierarchy of hierarchies.filter((path) => existsSync(join(path, 'cgroup.procs')))) {
    const group = join(hierarchy, 'machine.slice', `libpod-${CONTAINER}.scope`);
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
  }
}

function placeOf({ over }: Case) {
  if (over === 'unix') return { path: SOCKET };
  return { port: PORT, host: over === 'ipv6' ? '::1' : '127.0.0.1' };
}
