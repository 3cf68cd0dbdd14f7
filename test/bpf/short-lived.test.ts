/** A container that lives for one exchange: it has gone when its records are read, and is named all the same. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { podman, tasks } from '../helpers/checkout.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = await freePort();
/** Asks itself once, and ends. */
const program = `const server = require('node:http').createServer((_, response) => response.end('hi'));
server.listen(${PORT}, '127.0.0.1', () => {
  require('node:http').get('http://127.0.0.1:${PORT}/once', { agent: false }, (response) => {
    response.resume().on('end', () => server.close());
  });
});`;

test.each([
  ['with a host name of its own', ['--hostname', 'lives-shortly'], 'lives-shortly'],
  ['with none', [], null],
])('a container that lives for one exchange, %s', async (_which, flags, name) => {
  expect(await tasks(['build', 'app'])).toMatchObject({ code: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'short-lived-'));
  const idFile = join(folder, 'id');
  try {
    await using profiler = await startProfiler({
      PROFILER_SCOPE: 'containers',
      PROFILER_ROLE: 'both',
      PROFILER_PORTS: String(PORT),
    });
    const sandbox = ['--rm', '--network', 'none', '--cidfile', idFile, ...flags];
    podman('run', ...sandbox, '--entrypoint', 'node', 'localhost/profiler-app', '-e', program);
    await profiler.stop();
    const told = profiler.lines().filter(({ type }) => type === 'exchange');
    const container = { id: readFileSync(idFile, 'utf8'), name, image: null, service: null };
    expect(told.map((each) => `${each.role} ${each.target}`).sort()).toEqual(['client /once', 'server /once']);
    expect(told.map((each) => each.container)).toEqual([container, container]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
