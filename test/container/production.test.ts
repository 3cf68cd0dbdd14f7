/** A Linux server without the runner: the production page's compose file, with a native process as what is traced. */
import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ASIDE, HELD } from '../../container/profiler/src/file-names.ts';
import { request } from '../../tasks/lib/http.ts';
import { parseTraceLine } from '../../tasks/lib/trace-lines.ts';
import { engineEnv, podman, root, run, tasks } from '../helpers/checkout.ts';
import { freePort } from '../helpers/port.ts';

const PORT = await freePort();
const compose = join(root, 'container/docker-compose.production.yml');
const settings = {
  PROFILER_SCOPE: 'host',
  PROFILER_PORTS: `1,${PORT}`,
  PROFILER_ROLE: 'both',
  PROFILER_MAX_BYTES: '70000',
  PROFILER_CGROUPS: '*',
  PROFILER_SAMPLE: '1/1',
  PROFILER_REDACT: 'ssn',
  PROFILER_TIER: 'A',
};
const server = createServer((_request, response) => response.end('native\n'));
let folder: string;

beforeAll(async () => {
  const built = await tasks(['build', 'profiler']);
  expect(built, built.output).toMatchObject({ code: 0 });
  folder = await mkdtemp(join(tmpdir(), 'http-trace-'));
  for (const name of [...HELD, ...ASIDE]) await writeFile(join(folder, name), '');
  const page = await readFile(join(root, 'docs/production.md'), 'utf8');
  const [, typed = ''] = /`(install -g adm [^`]+)`/.exec(page) ?? [];
  expect(await run(['sh', '-c', typed.replace('/var/log/http-trace', folder)])).toMatchObject({ code: 0 });
  await new Promise<void>((settle) => server.listen(PORT, '127.0.0.1', settle));
  await start();
});

afterAll(async () => {
  server.close();
  await run(['podman', 'rm', '-f', '-t', '5', 'http-trace']);
  await run(['podman', 'network', 'rm', 'http-trace_default']);
  await rm(folder, { recursive: true, force: true });
});

test('a native process is traced, as the host that it is part of', async () => {
  expect((await request({ port: PORT, path: '/native?n=1' })).status).toBe(200);
  const line = await traced('/native?n=1');
  expect(line).toMatchObject({ method: 'GET', status: 200, container: null, role: 'server' });
});

test('a trace that was created beforehand keeps its group and mode', async () => {
  const { gid, mode } = await stat(join(folder, 'http-trace.txt'));
  expect(gid).not.toBe(process.getgid?.());
  expect(mode & 0o777).toBe(0o640);
});

test('every setting of the caller reaches it', async () => {
  expect((await request({ port: PORT, path: '/native?n=4&ssn=123' })).status).toBe(200);
  expect(await traced('/native?n=4&ssn=***')).toBeDefined();
  const env = podman('exec', 'http-trace', 'env');
  for (const [name, value] of Object.entries(settings)) expect(env).toContain(`${name}=${value}\n`);
  const header = await readFile(join(folder, 'http-trace.txt'), 'utf8');
  expect(header).toContain(`# not seen here: ports other than 1, ${PORT}, and Unix sockets`);
});

test('what the page says to type names every container that runs', async () => {
  const page = await readFile(join(root, 'docs/production.md'), 'utf8');
  const block = /```sh\n(service=[\s\S]*?)```/.exec(page)?.[1] ?? '';
  const typed = block.replaceAll('/var/log/http-trace', folder);
  expect(await run(['sh', '-c', typed], { env: engineEnv() })).toMatchObject({ code: 0 });
  const id = podman('inspect', '--format', '{{.Id}}', 'http-trace');
  expect(JSON.parse(await readFile(join(folder, 'containers.json'), 'utf8'))).toContainEqual({
    id,
    name: 'http-trace',
    image: expect.stringContaining('profiler-profiler'),
    service: 'profiler',
  });
});

test('restarted, it appends to the same trace', async () => {
  podman('restart', '-t', '10', 'http-trace');
  await attached();
  expect((await request({ port: PORT, path: '/native?n=2' })).status).toBe(200);
  await traced('/native?n=2');
  expect(await traced('/native?n=1')).toBeDefined();
});

test('a trace that was moved away by hand is made anew by the next request', async () => {
  await rename(join(folder, 'http-trace.txt'), join(folder, 'http-trace.txt.old'));
  expect((await request({ port: PORT, path: '/native?n=moved' })).status).toBe(200);
  await traced('/native?n=moved');
  expect(await readFile(join(folder, 'http-trace.txt'), 'utf8')).toMatch(/^# http-trace/);
  expect(await readFile(join(folder, 'http-trace.txt.old'), 'utf8')).toContain('/native?n=1 ');
  await rename(join(folder, 'http-trace.txt.old'), join(folder, 'http-trace.txt'));
});

test('an upgrade replaces the container and keeps the trace', async () => {
  podman('rm', '-f', '-t', '10', 'http-trace');
  await writeFile(join(folder, 'profiler.json'), '');
  await start();
  expect((await request({ port: PORT, path: '/native?n=3' })).status).toBe(200);
  await traced('/native?n=3');
  expect(await traced('/native?n=1')).toBeDefined();
});

test('it has two capabilities and listens nowhere', async () => {
  const inside = (...words: string[]) => podman('exec', 'http-trace', ...words);
  expect(inside('grep', 'CapEff', '/proc/1/status')).toContain('000000c000000000');
  const LISTENS = /^\s*\d+: \S+ \S+ 0A /m;
  expect(inside('cat', '/proc/net/tcp', '/proc/net/tcp6')).not.toMatch(LISTENS);
});

test('what the page says to type removes the container and its network', async () => {
  const page = await readFile(join(root, 'docs/production.md'), 'utf8');
  const block = /## Removing it\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const ofPodman = block.split('\n').filter((line) => line.startsWith('podman'));
  const typed = ofPodman.join('\n').replaceAll('/etc/http-trace/docker-compose.production.yml', compose);
  expect(typed).toContain('down');
  await run(['sh', '-c', typed], { env: engineEnv() });
  expect(podman('ps', '-a', '-q', '--filter', 'name=^http-trace$')).toBe('');
  expect(podman('network', 'ls', '-q', '--filter', 'name=^http-trace_default$')).toBe('');
});

async function start(): Promise<void> {
  const ended = await run(['podman-compose', '-p', 'http-trace', '-f', compose, 'up', '-d'], {
    env: {
      ...engineEnv(),
      HTTP_TRACE_FOLDER: folder,
      HTTP_TRACE_SECCOMP: join(root, 'container/profiler/seccomp.json'),
      ...settings,
    },
  });
  try {
    await attached();
  } catch (error) {
    throw new Error(`${ended.output}\n${(await run(['podman', 'logs', 'http-trace'])).output}`, { cause: error });
  }
}

async function attached(): Promise<void> {
  await vi.waitUntil(async () => (await readFile(join(folder, 'profiler.json'), 'utf8')).includes('"attached"'), {
    timeout: 30_000,
    interval: 100,
  });
}

async function traced(target: string) {
  return vi.waitUntil(
    async () => {
      const lines = (await readFile(join(folder, 'http-trace.txt'), 'utf8').catch(() => ''))
        .split('\n')
        .flatMap((line) => parseTraceLine(line) ?? []);
      return lines.find((line) => line.target === target && line.role === 'server');
    },
    { timeout: 10_000 },
  );
}
