/** An answer whose head never was in the server's memory: the server's end counts it, and its status is nobody else's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
const move = (from: string, text: string, send = 'write') => ({ from, parts: [text], send, recv: 'read' });
const answer = (status: number) => `HTTP/1.1 ${status} So\r\nContent-Length: 2\r\n\r\nhi`;
const steps = ['sendfile', 'write', 'splice', 'write'].flatMap((send, index) => [
  move('client', `GET /${index} HTTP/1.1\r\n\r\n`),
  move('server', answer(201 + index), send),
]);

test.each(['A', 'B'])('tier %s', async (tier) => {
  await using profiler = await startProfiler({ PROFILER_TIER: tier, PROFILER_ROLE: 'both', PROFILER_PORTS: `${PORT}` });
  const peer = spawn('python3', [
    join(import.meta.dirname, 'peer.py'),
    `${PORT}`,
    `/tmp/unreadable-${process.pid}.sock`,
  ]);
  const said = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  expect((await said.next()).value).toBe(`${peer.pid}`);
  peer.stdin.end(`${JSON.stringify({ name: 'unreadable', transport: 'ipv4', steps })}\n`);
  expect((await said.next()).value).toBe('unreadable');
  await once(peer, 'exit');
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type === 'exchange');
  const seen = (role: string) =>
    told.filter((line) => line.role === role).map((line) => `${line.target} ${line.status}`);
  expect(seen('client')).toEqual(['/0 201', '/1 202', '/2 203', '/3 204']);
  expect(seen('server')).toEqual(['/1 202', '/3 204']);
  expect(profiler.status().counters.exchangesLost).toBe(2);
});
