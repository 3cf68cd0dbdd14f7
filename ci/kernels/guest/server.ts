/** The server of a guest, in a process and a container of its own: plays its side of the cases, one after the other. */
import { createServer } from 'node:net';
import { cases } from './cases.ts';
import { PORT, SOCKET } from './places.ts';
import { play } from './play.ts';

let played = 0;
const server = () =>
  createServer({ allowHalfOpen: true }, (socket) => {
    const next = cases[played++];
    if (next === undefined) throw new Error('there are more connections than cases');
    void play(socket, 'server', next.steps).then(() => process.send?.('over'));
  });

const listening = [{ port: PORT, host: '127.0.0.1' }, { port: PORT, host: '::1' }, { path: SOCKET }].map(
  (where) => new Promise<void>((resolve) => server().listen(where, resolve)),
);
await Promise.all(listening);
process.send?.('listening');
