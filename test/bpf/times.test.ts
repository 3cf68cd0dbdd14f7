/** Durations against a clock that is not the profiler's: the sending side's own. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = 21_002;
const HEAD_MS = 200;
const BODY_MS = 300;
/** Node's own clock is read late where the machine is busy: the best of these counts. */
const ATTEMPTS = 4;

test('a slow head and a slow body last as long as their sender took, within a millisecond', async () => {
  await using profiler = await startProfiler({ PROFILER_PORTS: String(PORT), PROFILER_ROLE: 'client' });
  const took: number[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) took.push(await exchange());
  await profiler.stop();

  const told = profiler.lines().filter((line) => line.type === 'exchange');
  const requestMs = told.map(({ timing }) => (timing.requestLast ?? 0) / 1000);
  expect(requestMs).toHaveLength(ATTEMPTS);
  expect(Math.min(...requestMs)).toBeGreaterThanOrEqual(HEAD_MS + BODY_MS - 1);
  expect(Math.min(...requestMs.map((ms, index) => Math.abs(ms - (took[index] ?? 0))))).toBeLessThan(1);
});

/** One request whose head and body are slow; gives the milliseconds between its first and last write. */
async function exchange(): Promise<number> {
  const server = createServer((socket) => socket.resume());
  server.listen(PORT, '127.0.0.1');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(PORT, '127.0.0.1');
  const answered = once(client, 'data');
  const [socket] = await accepted;
  const began = await write(client, 'POST /slow HTTP/1.1\r\n');
  await sleep(HEAD_MS);
  await write(client, 'Content-Length: 4\r\n\r\n');
  await sleep(BODY_MS);
  const ended = await write(client, 'body');
  await write(socket, 'HTTP/1.1 204 No Content\r\n\r\n');
  await answered;
  client.destroy();
  server.close();
  return ended - began;
}

function write(end: Socket, text: string): Promise<number> {
  return new Promise((settle) => end.write(text, () => settle(performance.now())));
}
