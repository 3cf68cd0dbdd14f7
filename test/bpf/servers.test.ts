import { expect, test } from 'vitest';
import { startProfiler } from '../helpers/profiler.ts';
import { hasProgram } from '../helpers/program-path.ts';
import { differ, unpaired } from './servers/compare.ts';
import { type Load, loads } from './servers/loads.ts';
import { startServer } from './servers/run.ts';
import { type Server, servers } from './servers/table.ts';

/** Of each part; the long suite makes many more. */
const REQUESTS = Number(process.env.PROBE_REQUESTS ?? 2_000);
const isLong = process.env.PROBE_REQUESTS !== undefined;
const PART_MS = 1_800_000;

type Part = {
  readonly server: keyof typeof servers & string;
  readonly load: keyof typeof loads & string;
  readonly role?: 'server';
};

const short: readonly Part[] = [
  { server: 'nginx', load: 'curl, downloads only' },
  { server: 'node', load: 'curl' },
  { server: 'python-threads', load: 'curl, downloads only' },
];
const long: readonly Part[] = [
  { server: 'nginx', load: 'wrk, 2 connections' },
  { server: 'nginx', load: 'wrk, 50 connections' },
  { server: 'nginx', load: 'wrk at full speed, 2 connections', role: 'server' },
  { server: 'nginx', load: 'wrk at full speed, 50 connections', role: 'server' },
  { server: 'node', load: 'wrk, 50 connections' },
  { server: 'python-threads', load: 'wrk, 50 connections' },
  { server: 'python-forks', load: 'wrk, 50 connections' },
  { server: 'go', load: 'wrk, 50 connections' },
  { server: 'java', load: 'wrk, 50 connections' },
  { server: 'busybox', load: 'wrk, 2 connections' },
  { server: 'haproxy', load: 'wrk, 2 connections' },
  { server: 'websocket', load: 'websocket' },
];

for (const part of short) define(part, true);
for (const part of long) define(part, isLong);

function define({ server: serverName, load: loadName, role }: Part, isAsked: boolean): void {
  const server: Server = servers[serverName];
  const load: Load = loads[loadName];
  const missing = Object.entries({ ...server.needs, ...load.needs }).filter(([name]) => !hasProgram(name));
  test.skipIf(!isAsked || missing.length > 0)(`${serverName}, asked by ${loadName}`, { timeout: PART_MS }, async () => {
    await using running = await startServer(server);
    await using profiler = await startProfiler({
      PROFILER_ROLE: role ?? 'both',
      PROFILER_PORTS: running.ports.join(','),
      PROFILER_MAX_BYTES: String(2 ** 40),
    });
    const { folder, ports } = running;
    await load.run({ port: ports[0] ?? 0, folder, prefix: `/some/`, count: REQUESTS });
    const answered = await running.answered();
    await profiler.stop();

    const lines = profiler.lines();
    expect(lines.filter(({ type }) => type === 'loss')).toEqual([]);
    const told = lines.filter(({ type }) => type === 'exchange');
    const isCutOff = load.isCutOff === true;
    for (const each of answered) {
      expect(each.log.length).toBeGreaterThanOrEqual(REQUESTS);
      expect(differ(each, told, 'server', isCutOff), `server of port ${each.port}`).toEqual([]);
      if (role !== undefined) continue;
      expect(differ(each, told, 'client', isCutOff), `client of port ${each.port}`).toEqual([]);
      expect(unpaired(told, each.port)).toEqual([]);
    }
    const counts = answered.map(({ log }) => log.length).join(' + ');
    console.log(
      `${serverName}, asked by ${loadName}: ${counts} requests answered, ${told.length} ends told, all the same`,
    );
  });
}
