/** What `test` sends. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { sendTraffic } from '../../tasks/lib/traffic.ts';

test('of an application that does not answer, no second request is waited for', async () => {
  let asked = 0;
  const server = createServer((request) => {
    asked++;
    request.socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { sent } = await sendTraffic((server.address() as AddressInfo).port);
  server.close();
  expect(asked).toBe(1);
  expect(sent).toHaveLength(12);
  expect(sent[0]?.problem).toBe('socket hang up');
  expect(new Set(sent.slice(1).map(({ status, problem }) => `${status}: ${problem}`))).toEqual(
    new Set(['null: not sent: the one before got no answer']),
  );
});
