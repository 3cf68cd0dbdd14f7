/** Durations against a clock that is not the profiler's: the sending side's own. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freePort } from '../helpers/port.ts';
import { startProfiler, type Told } from '../helpers/profiler.ts';

const PORT = await freePort();
const HEAD_MS = 200;
const BODY_MS = 300;
/** Node's own clock is read late where the machine is busy: the best of these counts. */
const ATTEMPTS = 4;

test('slow heads and bodies last as long as their senders took, within a millisecond, at both ends', async () => {
  await using profiler = await startProfiler({ PROFILER_PORTS: String(PORT), PROFILER_ROLE: 'both' });
  const took: Took[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) took.push(await exchange());
  await profiler.stop();

  const told = profiler.lines().filter((line) => line.type === 'exchange');
  for (const role of ['client', 'server']) {
    const mine = told.filter((line) => line.role === role);
    expect(mine).toHaveLength(ATTEMPTS);
    const requests = mine.map(({ timing }) => (timing.requestLast ?? 0) / 1000);
    const responses = mine.map(responseMs);
    expectNear(
      requests,
      took.map((each) => each.requestMs),
    );
    expectNear(
      responses,
      took.map((each) => each.responseMs),
    );
    // At the end that sends, never less: the other may have read the first of it late.
    const sent = role === 'client' ? requests : responses;
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(HEAD_MS + BODY_MS - 1);
  }
});

function responseMs({ timing }: Told): number {
  return ((timing.responseLast ?? 0) - (timing.responseFirst ?? 0)) / 1000;
}

function expectNear(told: readonly number[], took: readonly number[]): void {
  expect(Math.min(...told.map((ms, index) => Math.abs(ms - (took[index] ?? 0))))).toBeLessThan(1);
}

/** Milliseconds between the first and the last write of a message. */
type Took = { readonly requestMs: number; readonly responseMs: number };

async function exchange(): Promise<Took> {
  const server = createServer((socket) => socket.resume());
  server.listen(PORT, '127.0.0.1');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(PORT, '127.0.0.1').resume();
  const closed = once(client, 'close');
  const [socket] = await accepted;
  const requestMs = await slowly(client, 'POST /slow HTTP/1.1\r\n', 'Content-Length: 4\r\n\r\n', 'body');
  const responseMs = await slowly(socket, 'HTTP/1.1 200 OK\r\n', 'Content-Length: 4\r\n\r\n', 'body');
  socket.end();
  client.end();
  await closed;
  server.close();
  return { requestMs, responseMs };
}

/** A message whose head takes 200 ms and whose body takes 300. */
async function slowly(end: Socket, first: string, rest: string, body: string): Promise<number> {
  const began = await write(end, first);
  await sleep(HEAD_MS);
  await write(end, rest);
  await sleep(BODY_MS);
  return (await write(end, body)) - began;
}

function write(end: Socket, text: string): Promise<number> {
  return new Promise((settle) => end.write(text, () => settle(performance.now())));
}
