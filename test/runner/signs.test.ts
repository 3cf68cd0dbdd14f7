/** How a service is asked over HTTP whether it is ready: once, over a connection that is closed again, and never for long. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { httpProblem } from '../../tasks/runner/service/signs.ts';

const ask = (url: string) => httpProblem(url, { signal: new AbortController().signal, lookMs: 20_000 });

async function serve(answer: Parameters<typeof createServer>[1] & {}) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, server, [Symbol.dispose]: () => server.close() };
}

test('a server that changes over to another protocol is not ready, and is not waited for', async () => {
  using other = await serve((_, { socket }) => {
    socket?.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  });
  expect(await ask(other.url)).toBe(`${other.url} does not answer: it speaks another protocol`);
});

test('an answer without an end is a sign, and its connection is closed long before a look may end', async () => {
  using endless = await serve((_, response) => {
    response.write('data: more\n\n');
  });
  const started = once(endless.server, 'connection');
  expect(await ask(endless.url)).toBeUndefined();
  const [socket] = await started;
  socket.on('error', () => undefined);
  if (!socket.destroyed) await once(socket, 'close');
  expect(socket.destroyed).toBe(true);
}, 15_000);
