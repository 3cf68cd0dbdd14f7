/** The application that is watched, in this process. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { request } from '../../tasks/lib/http.ts';
import { freePort } from '../helpers/port.ts';

test('a name may come in pieces that cut a character, and a path that begins with `//` is one that does not exist', async () => {
  const port = await freePort();
  vi.stubEnv('PORT', String(port));
  const said = vi.spyOn(console, 'log').mockReturnValue(undefined);
  await import('../../container/app/server.ts');
  await vi.waitFor(() => expect(said).toHaveBeenCalledWith(`app: listening on port ${port} of the container`));
  for (const path of ['//', '//app/users']) expect((await request({ port, path })).status, path).toBe(404);
  const body = Buffer.from('{"name": "Zoë"}');
  const cut = body.indexOf(0xc3) + 1;
  const socket = connect(port, '127.0.0.1').setNoDelay();
  await once(socket, 'connect');
  socket.write(`POST /users HTTP/1.1\r\nHost: app\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`);
  socket.write(body.subarray(0, cut));
  // The answer to another request shows that the first piece has been read.
  await request({ port, path: '/health' });
  socket.write(body.subarray(cut));
  expect(await text(socket)).toContain('"name":"Zoë"');
});
