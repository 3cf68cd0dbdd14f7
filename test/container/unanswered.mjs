/** Asks a server of its own that answers nobody: `node unanswered.mjs PORT CONNECTIONS REQUESTS BYTES`, that many requests on each connection. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [port, connections, requests, bytes] = process.argv.slice(2).map(Number);
const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(port, '127.0.0.1');
await once(server, 'listening');
const sockets = [];
for (let index = 0; index < connections; index++) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  sockets.push(socket);
}
for (let request = 0; request < requests; request++) {
  for (const socket of sockets) socket.write(`GET /${request}/${'t'.repeat(bytes)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await sleep(1);
}
for (const socket of sockets) socket.destroy();
server.close();
