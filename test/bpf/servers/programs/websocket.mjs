/**
 * Both ends of WebSockets: `node websocket.mjs serve PORT LOG`, and `node websocket.mjs ask PORT PREFIX COUNT`. What travels
 * in the tunnel reads like HTTP, and is none.
 */
import { openSync, writeSync } from 'node:fs';
import { WebSocket, WebSocketServer } from 'ws';

const CONNECTIONS = 20;
const IN_THE_TUNNEL = 'GET /in-the-tunnel HTTP/1.1\r\nHost: a\r\n\r\n';
const [role, port, ...rest] = process.argv.slice(2);

if (role === 'serve') serve(rest[0]);
else await ask(rest[0], Number(rest[1]));

function serve(path) {
  const log = openSync(path, 'a');
  new WebSocketServer({ host: '127.0.0.1', port: Number(port) }).on('connection', (socket, request) => {
    writeSync(log, `${request.method} ${request.url} 101\n`);
    socket.on('message', (message) => socket.send(message.toString()));
  });
}

async function ask(prefix, count) {
  let next = 1;
  const askOne = async () => {
    while (next <= count) await converse(`ws://127.0.0.1:${port}${prefix}${next++}`);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, askOne));
}

function converse(url) {
  return new Promise((settle, fail) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on('open', () => socket.send(IN_THE_TUNNEL));
    socket.on('message', () => socket.close());
    socket.on('close', settle);
    socket.on('error', fail);
  });
}
