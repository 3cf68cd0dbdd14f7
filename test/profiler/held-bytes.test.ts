/** What is held of half heads takes no more memory than is counted for it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { answer, ask, openWire } from '../helpers/wire.ts';

const CONNECTIONS = 2_000;
/** Of one connection: what varies from one measurement to the next, and is not of the head. */
const SLACK_BYTES = 600;

/** What each of many connections takes on which so much has come, and what is counted for it. */
function measure(parts: readonly string[]) {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  const before = process.memoryUsage().heapUsed;
  const wires = Array.from({ length: CONNECTIONS }, () => {
    const wire = openWire();
    for (const part of parts) wire.send(ask(part));
    return wire;
  });
  collect();
  const taken = (process.memoryUsage().heapUsed - before) / CONNECTIONS;
  return { taken, counted: wires[0]?.connection.heldBytes ?? 0 };
}

const begin = 'GET / HTTP/1.1\r\n';
const long = '7'.repeat(990);

test.each<[string, readonly string[]]>([
  ['small parts', ['GET /', ...Array.from({ length: 60 }, () => 'ten bytes.')]],
  ['lines with a length', [begin, `Content-Length: ${long}\r\n`]],
  ['lines that go on', [begin, `Content-Length: ${long}\r\n`, ' 7\r\n']],
  [
    'lengths that are said again and again',
    [begin, ...Array.from({ length: 4 }, () => `Content-Length: ${long}\r\n`), 'X'],
  ],
  ['encodings', [begin, ...Array.from({ length: 4 }, () => `Transfer-Encoding: ${long}\r\n`), 'X']],
])('in half a head, %s weigh as much as they take', (_, parts) => {
  measure([begin, 'X']);
  const least = measure([begin, 'X']);
  const { taken, counted } = measure(parts);
  expect(taken - least.taken).toBeLessThan(counted - least.counted + SLACK_BYTES);
});

test('what was given up is not held any more', () => {
  const wire = openWire();
  const get = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
  wire.send(ask(get), ask(get));
  expect(wire.connection.heldBytes).toBeGreaterThan(0);
  wire.send(answer('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'));
  expect([wire.lost, wire.connection.heldBytes]).toEqual([2, 0]);
});
