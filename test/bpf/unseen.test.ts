/** What the probe cannot see: not told, nothing made up in its place, and said in the trace's header. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
/** What both programs end with where no port is given. */
const USAGE = 64;
const folder = mkdtempSync(join(tmpdir(), 'unseen-'));
const uring = compile('uring.c', ['-luring']);
const small = compile(
  'client32.c',
  '-m32 -march=i686 -fno-pic -no-pie -fno-stack-protector -nostdlib -static'.split(' '),
);

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

test.skipIf(small === undefined)('a 32-bit client is not told, and that is said', async () => {
  await using profiler = await startProfiler({ PROFILER_ROLE: 'both', PROFILER_PORTS: String(PORT) });
  const server = createServer((_, response) => response.setHeader('Connection', 'close').end('hi'));
  await once(server.listen(PORT, '127.0.0.1'), 'listening');
  expect(await exitOf(spawn(small ?? '', [String(PORT)]))).toBe(0);
  server.close();
  await profiler.stop();
  expect(toldBy(profiler.lines())).toEqual(['server GET /thirty-two 200 complete']);
  expect(profiler.text()).toMatch(/^# not seen here: .*system calls of 32-bit processes/m);
});

type Lines = Awaited<ReturnType<typeof startProfiler>>['lines'];

function toldBy(lines: ReturnType<Lines>): readonly string[] {
  const exchanges = lines.filter(({ type }) => type === 'exchange');
  return exchanges.map(({ role, method, target, status, end }) => `${role} ${method} ${target} ${status} ${end}`);
}

/** The program, where this machine compiles it and runs what is compiled. */
function compile(source: string, options: readonly string[]): string | undefined {
  const binary = join(folder, source.replace('.c', ''));
  try {
    execFileSync('gcc', ['-O1', '-o', binary, join(import.meta.dirname, source), ...options], { stdio: 'pipe' });
    execFileSync(binary, [], { stdio: 'pipe' });
  } catch (error) {
    // Asked for no port, it says so; where it cannot even start, there is no exit code.
    const isRun = error instanceof Error && 'status' in error && error.status === USAGE;
    return isRun ? binary : undefined;
  }
  return undefined;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit');
  return code;
}
