/** What `up` does in the folder that the profiler's container writes to, and may put anything into. */
import { execFileSync } from 'node:child_process';
import { chown, lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Context } from 'zx-tasks';
import { emptyTraces, makeSetAside, writeContainerNames } from '../../tasks/lib/trace-files.ts';
import { engineOf } from '../helpers/probe.ts';
import { ranOf } from '../helpers/script-context.ts';

const podman = { name: 'podman' } as const;
const caller = { platform: { os: 'linux', arch: 'x64', pretended: false }, user: { uid: 0, gid: 0 } } as const;

test.each(['http-trace.txt', 'http-trace.jsonl.1', 'profiler.json', 'containers.json.new'])(
  'where a container has made %s a link, what it leads to is neither emptied nor written, nor opened to everybody',
  async (name) => {
    const root = await mkdtemp(join(tmpdir(), 'trace-files-'));
    onTestFinished(() => rm(root, { recursive: true }));
    const folder = join(root, 'container/traces');
    await mkdir(folder, { recursive: true });
    await writeFile(join(root, 'own'), 'mine', { mode: 0o600 });
    await symlink(join(root, 'own'), join(folder, name));
    const context = {
      root,
      ...caller,
      run: async () => ranOf('podman ps', { code: 0, stdout: '', stderr: '' }),
    } as Partial<Context>;
    await emptyTraces(context as Context, podman);
    await makeSetAside(context as Context, podman);
    await writeContainerNames(context as Context, engineOf({}));
    expect(await readFile(join(root, 'own'), 'utf8')).toBe('mine');
    expect((await stat(join(root, 'own'))).mode & 0o777).toBe(0o600);
    if (name !== 'containers.json.new') expect((await lstat(join(folder, name))).isFile()).toBe(true);
    expect(await readFile(join(folder, 'containers.json'), 'utf8')).toBe('[]\n');
  },
);

test.each([
  ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
  ['a folder', (path: string) => mkdir(join(path, 'full'), { recursive: true })],
])('%s that a container has made in the place of a file gives way to one', async (_what, make) => {
  const root = await mkdtemp(join(tmpdir(), 'trace-files-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const folder = join(root, 'container/traces');
  await mkdir(folder, { recursive: true });
  await make(join(folder, 'http-trace.txt'));
  await make(join(folder, 'containers.json.new'));
  const context = {
    root,
    ...caller,
    run: async () => ranOf('podman ps', { code: 0, stdout: '', stderr: '' }),
  } as Partial<Context>;
  await emptyTraces(context as Context, podman);
  await writeContainerNames(context as Context, engineOf({}));
  expect((await lstat(join(folder, 'http-trace.txt'))).isFile()).toBe(true);
  expect(await readFile(join(folder, 'containers.json'), 'utf8')).toBe('[]\n');
});

const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const somebody = { uid: me.uid + 1, gid: me.gid };

test.each([
  ['you where the profiler writes as you', 'podman', 'linux', me, 0o644],
  ['everybody where another runs `up` in your folder', 'podman', 'linux', somebody, 0o666],
  ['everybody where Docker runs the profiler as root', 'docker', 'linux', { ...me, uid: 1000 }, 0o666],
  ['everybody where a machine maps owners', 'podman', 'darwin', { ...me, uid: 0 }, 0o666],
] as const)('a trace with something in it is emptied, and may be written by %s', async (_who, name, os, user, mode) => {
  const root = await mkdtemp(join(tmpdir(), 'trace-files-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const trace = join(root, 'container/traces/http-trace.txt');
  await mkdir(join(root, 'container/traces'), { recursive: true });
  await writeFile(trace, 'GET /\n', { mode: 0o600 });
  await emptyTraces({ root, platform: { os, arch: 'x64', pretended: false }, user }, { name });
  expect(await readFile(trace, 'utf8')).toBe('');
  expect((await stat(trace)).mode & 0o777).toBe(mode);
});

test('a trace of somebody else is made anew also by root, since only its owner may write it', async (context) => {
  context.skip(me.uid !== 0, 'giving files to somebody else needs root');
  const root = await mkdtemp(join(tmpdir(), 'trace-files-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const trace = join(root, 'container/traces/http-trace.txt');
  await mkdir(join(root, 'container/traces'), { recursive: true });
  await writeFile(trace, 'GET /\n');
  await chown(trace, 12_345, 12_345);
  await emptyTraces({ root, platform: { os: 'linux', arch: 'x64', pretended: false }, user: me }, { name: 'podman' });
  const { uid, mode, size } = await stat(trace);
  expect([uid, mode & 0o777, size]).toEqual([0, 0o644, 0]);
});
