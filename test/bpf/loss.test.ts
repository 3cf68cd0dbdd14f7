/** A profiler that does not get to run: what happens meanwhile waits in the ring, as long as the ring has room. */
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = 21_003;
const CONNECTIONS = 50;
const STOPPED_MS = 2_000;

test('all that the server answered is told, though the reader stood still for two seconds', async () => {
  let answered = 0;
  const server = createServer((_, response) => {
    answered++;
    response.end('ok');
  });
  server.listen(PORT, '127.0.0.1');
  await once(server, 'listening');
  await using profiler = await startProfiler({ PROFILER_PORTS: String(PORT), PROFILER_ROLE: 'server' });

  const stop = new AbortController();
  const load = Array.from({ length: CONNECTIONS }, () => keepAsking(stop.signal));
  await sleep(300);
  process.kill(profiler.pid, 'SIGSTOP');
  const before = answered;
  try {
    await sleep(STOPPED_MS);
  } finally {
    process.kill(profiler.pid, 'SIGCONT');
  }
  const meanwhile = answered - before;
  await sleep(300);
  stop.abort();
  await Promise.all(load);
  server.close();
  await profiler.stop();

  expect(meanwhile).toBeGreaterThan(500);
  const told = profiler.lines().filter((line) => line.type === 'exchange').length;
  const { exchangesLost = 0, lostRingFull = 0 } = profiler.status().counters;
  expect({ told, exchangesLost, lostRingFull }).toEqual({ told: answered, exchangesLost: 0, lostRingFull: 0 });
});

/** One request after the other on a connection of its own, until told to stop; the last one is waited for. */
async function keepAsking(signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (!signal.aborted) {
    await new Promise<void>((settle, fail) => {
      get({ port: PORT, host: '127.0.0.1', path: '/loss', agent }, (response) =>
        response.resume().once('end', settle),
      ).once('error', fail);
    });
  }
  agent.destroy();
}
