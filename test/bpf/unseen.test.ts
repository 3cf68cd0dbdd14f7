/** What the probe cannot see: not told, nothing made up in its place, and said in the trace's header. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileC } from '../helpers/compile-c.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
const folder = mkdtempSync(join(tmpdir(), 'unseen-'));
const uring = compileC(folder, join(import.meta.dirname, 'uring.c'), ['-luring']);

afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(uring === undefined)('an io_uring server is not told, and that is said', async () => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'both', PROFILER_PORTS: String(PORT) });
  const server = spawn(uring ?? '', [String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = exitOf(server);
  const isEarly = await Promise.race([once(server.stdout, 'data').then(() => false), ended.then(() => true)]);
  expect(isEarly, 'the server listens').toBe(false);
  const client = connect(PORT, '127.0.0.1').resume();
  client.write('GET /uring HTTP/1.1\r\n\r\n');
  expect(await ended).toBe(0);
  client.destroy();
  await profiler.stop();
  expect(toldBy(profiler.lines())).toEqual(['client GET /uring 200 complete']);
  expect(profiler.text()).toMatch(/^# not seen here: .*traffic over io_uring/m);
  // The socket layer tells that there was something.
  if (profiler.status().tier !== 'A') expect(profiler.status().counters.lostUnseen).toBeGreaterThan(0);
});

type Lines = Awaited<ReturnType<typeof startProfiler>>['lines'];

function toldBy(lines: ReturnType<Lines>): readonly string[] {
  const exchanges = lines.filter(({ type }) => type === 'exchange');
  return exchanges.map(({ role, method, target, status, end }) => `${role} ${method} ${target} ${status} ${end}`);
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit');
  return code;
}
