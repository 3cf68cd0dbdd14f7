/** What carries texts that are requests, a queue or an RPC, is no HTTP by that: only an answer in HTTP tells. */
import { expect, test } from 'vitest';
import { answer, ask, openWire } from '../helpers/wire.ts';
import { client, server } from './traffic.ts';

const request = 'GET /1 HTTP/1.1\r\nHost: x\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

test.each([client, server])('requests of which none is answered in HTTP, though something comes back: %o', (info) => {
  const wire = openWire(info);
  for (let round = 0; round < 100; round++) wire.send(ask(request.repeat(3)), answer('+OK\r\n'));
  expect([wire.finished, wire.exchanges, wire.lost]).toEqual(['not-http', [], 66]);
});

test.each([client, server])('nor are they counted that came at once: %o', (info) => {
  const wire = openWire(info);
  wire.send(ask(request.repeat(3_000)), answer('+OK\r\n'));
  expect([wire.finished, wire.exchanges, wire.lost]).toEqual(['not-http', [], 0]);
});

test('nothing comes back to a client that asks a hundred times ahead until its first answer does', () => {
  const wire = openWire(server);
  wire.send(ask(request.repeat(100)), answer('H'), answer(ok.slice(1)), answer(ok.repeat(99)));
  expect([wire.finished, wire.exchanges.length, wire.lost]).toEqual([undefined, 100, 0]);
});

test.each([client, server])('answers to what was asked ahead, of which none begins where a read does: %o', (info) => {
  const wire = openWire(info);
  const read = `of one before${ok.repeat(10)}`.slice(0, -5);
  for (let round = 0; round < 10; round++) wire.send(ask(request.repeat(10)), answer(read));
  expect([wire.finished, wire.exchanges, wire.lost]).toEqual([undefined, [], 100]);
});

test('once something was answered in HTTP, what cannot be read is counted, however much it is', () => {
  const wire = openWire(server);
  wire.send(ask(request), answer(ok));
  for (let round = 0; round < 100; round++) wire.send(ask(request), answer('+OK\r\n'));
  expect([wire.finished, wire.exchanges.length, wire.lost]).toEqual([undefined, 1, 100]);
});
