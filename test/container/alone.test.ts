/** The profiler's image started by the engine alone. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { engineEnv, podman, root, run, tasks } from '../helpers/checkout.ts';
import { follow } from '../helpers/follow.ts';

const image = 'localhost/profiler-profiler';
const NAME = 'profiler-alone';
const PORT = 21_034;
const files = ['http-trace.txt', 'http-trace.txt.1', 'http-trace.jsonl', 'http-trace.jsonl.1', 'profiler.json'];
let folder: string;
let flags: readonly string[];

beforeAll(async () => {
  const built = await tasks(['build', 'profiler']);
  expect(built, built.output).toMatchObject({ code: 0 });
  folder = await mkdtemp(join(tmpdir(), 'alone-'));
  await chmod(folder, 0o755);
  for (const name of files) {
    await writeFile(join(folder, name), '');
    await chmod(join(folder, name), 0o666);
  }
  flags = [
    ...['--name', NAME, '--network', 'none', '-v', `${folder}:/traces`],
    ...['--cap-drop', 'all', '--cap-add', 'BPF', '--cap-add', 'PERFMON'],
    ...['--security-opt', `seccomp=${join(root, 'container/profiler/seccomp.json')}`],
  ];
});

afterAll(async () => {
  await run(['podman', 'rm', '-f', '-t', '0', NAME]);
  await rm(folder, { recursive: true, force: true });
});

test('a signal ends it while it starts', async () => {
  const env = Object.entries(engineEnv()).map(([name, value]) => `${name}=${value}`);
  await using started = follow(['env', ...env, 'podman', 'run', ...flags, '--user', '0:0', image]);
  await started.says('profiler: starting');
  podman('kill', '--signal', 'TERM', NAME);
  expect(await started.ended).toBe(0);
  podman('rm', NAME);
});

test('in a user namespace of its own it says that this is what the kernel refuses', async () => {
  const ended = await run(['podman', 'run', '--rm', ...flags, '--uidmap', '0:100000:65536', image], {
    env: engineEnv(),
  });
  expect(ended.code).toBe(1);
  expect(ended.output).toContain('this container has a user namespace of its own');
  expect(JSON.parse(await readFile(join(folder, 'profiler.json'), 'utf8'))).toMatchObject({ state: 'failed' });
});

test.each([
  ['read-only', ':ro', 0o755, 0, 'read-only file system (EROFS); mount a folder that can be written at /traces'],
  ['of somebody else', '', 0o700, 1234, 'permission denied (EACCES); user 0, as whom the profiler runs, has no right'],
])('where its folder is %s it says what mends that', async (_which, option, mode, uid, said) => {
  const other = await mkdtemp(join(tmpdir(), 'alone-'));
  try {
    await chmod(other, mode);
    podman('run', '--rm', '-v', `${other}:/x`, '--user', '0:0', image, 'chown', String(uid), '/x');
    const mounted = flags.map((flag) => (flag === `${folder}:/traces` ? `${other}:/traces${option}` : flag));
    const ended = await run(['podman', 'run', '--rm', ...mounted, '--user', '0:0', image], { env: engineEnv() });
    expect(ended.code).toBe(1);
    expect(ended.output).toContain(`the system refused to open \`/traces/profiler.json\`: ${said}`);
  } finally {
    podman('run', '--rm', '-v', `${other}:/x`, '--user', '0:0', image, 'chown', '-R', String(process.getuid?.()), '/x');
    await rm(other, { recursive: true });
  }
});

test('requests that nobody answers, of 7,000 bytes each, do not outgrow the memory that production gives it', async () => {
  const compose = await readFile(join(root, 'container/docker-compose.production.yml'), 'utf8');
  const [, limit = ''] = /mem_limit: (\w+)/.exec(compose) ?? [];
  const settings = [
    'PROFILER_SCOPE=host',
    'PROFILER_ROLE=both',
    `PROFILER_PORTS=${PORT}`,
    'PROFILER_MAX_BYTES=1000000',
  ];
  const env = settings.flatMap((setting) => ['--env', setting]);
  await writeFile(join(folder, 'profiler.json'), '');
  podman('run', '-d', ...flags, '--memory', limit, '--user', '0:0', ...env, image);
  await vi.waitUntil(async () => (await readFile(join(folder, 'profiler.json'), 'utf8')).includes('"attached"'), {
    timeout: 60_000,
    interval: 100,
  });
  const program = join(root, 'test/container/unanswered.mjs');
  const flood = await run([process.execPath, program, String(PORT), '1000', '200', '7000']);
  expect(flood, flood.output).toMatchObject({ code: 0 });
  podman('stop', '-t', '60', NAME);
  expect(podman('inspect', '--format', '{{.State.ExitCode}}', NAME)).toBe('0');
});
