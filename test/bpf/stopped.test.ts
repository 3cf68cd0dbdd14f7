/** Under load from a real client, two seconds without its reader: what is told and what is counted as lost are all that the server logged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startProfiler } from '../helpers/profiler.ts';
import { hasProgram } from '../helpers/program-path.ts';
import { loads } from './servers/loads.ts';
import { startServer } from './servers/run.ts';
import { servers } from './servers/table.ts';

const STOPPED_MS = 2_000;
/** Several seconds of the client's work, so that it goes on before and after. */
const REQUESTS = 150_000;
const isAsked = process.env.PROBE_REQUESTS !== undefined && ['nginx', 'wrk'].every(hasProgram);

test.skipIf(!isAsked)('two seconds without its reader, under load from wrk', async () => {
  await using running = await startServer(servers.nginx);
  const [port = 0] = running.ports;
  await using profiler = await startProfiler({
    PROFILER_ROLE: 'server',
    PROFILER_PORTS: String(port),
    PROFILER_MAX_BYTES: String(2 ** 40),
  });
  const target = { port, folder: running.folder, prefix: '/some/', count: REQUESTS };
  const asked = loads['wrk, 50 connections'].run(target);
  await sleep(1_000);
  process.kill(profiler.pid, 'SIGSTOP');
  await sleep(STOPPED_MS);
  process.kill(profiler.pid, 'SIGCONT');
  await asked;
  const [answered] = await running.answered();
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type === 'exchange');
  const { lostShed = 0, exchangesLost = 0, lostRingFull = 0 } = profiler.status().counters;
  console.log(`${answered?.log.length} logged, ${told.length} told, ${lostShed + exchangesLost} counted as lost`);
  expect(told.length + lostShed + exchangesLost).toBe(answered?.log.length);
  expect(lostRingFull).toBe(0);
});
