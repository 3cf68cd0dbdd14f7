/** systemd within a container puts what a user starts many cgroups below the container's own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { containIn } from '../helpers/contain.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORT = 21_033;
const below = [
  ...['container', 'user.slice', 'user-1000.slice', 'user@1000.service', 'app.slice', 'app-web.slice', 'web.service'],
];
/** Asks itself once after a word, and ends. */
const program = `process.stdin.once('data', () => {
  const server = require('node:http').createServer((_, response) => response.end('hi'));
  server.listen(${PORT}, '127.0.0.1', () => {
    require('node:http').get('http://127.0.0.1:${PORT}/deep', { agent: false }, (response) => {
      response.resume().on('end', () => server.close());
    });
  });
  process.stdin.unref();
});`;

test('a process many cgroups below its container’s is of that container', async () => {
  await using profiler = await startProfiler({ PROFILER_SCOPE: 'containers', PROFILER_PORTS: String(PORT) });
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'inherit', 'inherit'] });
  using container = containIn([child.pid ?? 0], below);
  child.stdin.end('now\n');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await profiler.stop();
  const told = profiler.lines().filter(({ type }) => type === 'exchange');
  expect(told.map((each) => [each.target, each.container?.id])).toEqual([['/deep', container.id]]);
});
