/** Answers over TCP that last until their server shuts its side down: how far they went, by each connection's own count. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

/** Where the streams of a connection begin is drawn anew for each: what is right by chance is wrong for others. */
const CONNECTIONS = 12;
const answer = 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi';

test.each(['A', ''])('such an answer is told with its length, tier %s', async (tier) => {
  const port = await freePort();
  await using profiler = await startProfiler({
    PROFILER_TIER: tier,
    PROFILER_ROLE: 'both',
    PROFILER_PORTS: String(port),
  });
  const server = createServer((socket) => socket.once('data', () => socket.end(answer)));
  await once(server.listen(port, '127.0.0.1'), 'listening');
  for (let asked = 0; asked < CONNECTIONS; asked++) {
    const client = connect(port, '127.0.0.1').setNoDelay();
    client.write('GET /shut-down HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await buffer(client)).toString()).toBe(answer);
  }
  server.close();
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type === 'exchange');
  const lines = told.map(({ role, status, end, responseBytes }) => `${role} ${status} ${end} ${responseBytes}`);
  const each = (role: string) => Array.from({ length: CONNECTIONS }, () => `${role} 200 closed ${answer.length}`);
  expect(lines.sort()).toEqual([...each('client'), ...each('server')]);
});
