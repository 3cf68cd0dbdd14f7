/** What a build that was cut off leaves in Podman: the containers it worked in, with the real engine. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeUnfinishedBuilds } from '../../tasks/lib/unfinished-builds.ts';
import { engineEnv, podman, root, run, tasks } from '../helpers/checkout.ts';
import { follow } from '../helpers/follow.ts';
import { engineOf } from '../helpers/probe.ts';

const foreign = 'localhost/tasks-test-foreign';
let folder: string;
let before: readonly string[];

beforeAll(async () => {
  const built = await tasks(['build']);
  expect(built, built.output).toMatchObject({ code: 0 });
  folder = await mkdtemp(join(tmpdir(), 'unfinished-'));
  const file = await containerfile('FROM localhost/profiler-app\nLABEL io.tasks.project=other');
  podman('build', '-q', '-t', foreign, '-f', file, folder);
  before = workingContainers();
});

afterAll(async () => {
  const left = workingContainers().filter((id) => !before.includes(id));
  if (left.length > 0) podman('rm', '-f', ...left);
  await run(['podman', 'rmi', '-f', foreign]);
  await rm(folder, { recursive: true, force: true });
});

test('Ctrl-C during a build leaves none', async () => {
  await using build = follow([process.execPath, join(root, 'tasks/launch.cjs'), 'build', 'profiler']);
  await build.says('STEP 2');
  build.child.kill('SIGINT');
  expect(await build.ended).toBe(130);
  expect(workingContainers()).toEqual(before);
});

test('what a build has left that could not clean up goes when the next one begins', async () => {
  await using build = follow([process.execPath, join(root, 'tasks/launch.cjs'), 'build', 'profiler']);
  await build.says('STEP 2');
  build.child.kill('SIGKILL');
  await build.ended;
  await leaveOne('localhost/profiler-app');
  expect(newOnes().length).toBeGreaterThan(0);
  const rebuilt = await tasks(['build', 'profiler']);
  expect(rebuilt, rebuilt.output).toMatchObject({ code: 0 });
  expect(newOnes()).toEqual([]);
  expect(existsSync(join(root, '.tasks/building-profiler')), 'a build that is over is not noted').toBe(false);
});

test('one that a build was ended in the making of is removed, too', async () => {
  await leaveOne('localhost/profiler-app');
  const [ours = ''] = newOnes();
  const [storage = '', driver = ''] = podman(
    'info',
    '--format',
    '{{.Store.GraphRoot}} {{.Store.GraphDriverName}}',
  ).split(/\s/);
  const mark = join(storage, `${driver}-containers`, ours, 'userdata/buildah.json');
  await access(mark);
  await rm(mark);
  await remove();
  expect(newOnes()).toEqual([]);
});

test('those that a killed build has left are removed, and no other project’s', async () => {
  await leaveOne('localhost/profiler-app');
  const [ours] = newOnes();
  await leaveOne(foreign);
  await leaveOneFromScratch();
  const theirs = newOnes().filter((id) => id !== ours);
  expect(theirs).toHaveLength(2);
  const elsewhere = follow([
    process.execPath,
    '-e',
    'setInterval(() => {}, 1e4)',
    '--',
    'build -t localhost/profiler-app',
  ]);
  try {
    await remove();
    expect(newOnes(), 'while another checkout builds, its containers look the same').toHaveLength(3);
  } finally {
    await elsewhere[Symbol.asyncDispose]();
  }
  await remove(Date.now() + 5_000);
  expect(newOnes(), 'those are older than the build that was interrupted').toHaveLength(3);
  await remove();
  expect(newOnes()).toEqual(theirs);
});

function remove(sinceMs?: number): Promise<void> {
  const runIt = async (command: readonly string[]) => {
    const { code, output } = await run(command, { env: engineEnv() });
    return { command: command.join(' '), code, stdout: output, stderr: '', tookMs: 1 };
  };
  return removeUnfinishedBuilds({ run: runIt }, engineOf({}), sinceMs);
}

/** Kills a build in the middle of a step. */
async function leaveOne(image: string): Promise<void> {
  await cutOff(`FROM ${image}\nRUN echo begun && sleep 60`, 'begun\n');
}

/** In a step that fetches something from a server that never answers. */
async function leaveOneFromScratch(): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked = once(server, 'connection');
  await cutOff(`FROM scratch\nADD http://127.0.0.1:${port}/file /file`, 'STEP 2', asked);
  server.close();
}

async function cutOff(text: string, said: string, until: Promise<unknown> = Promise.resolve()): Promise<void> {
  const file = await containerfile(text);
  const env = Object.entries(engineEnv()).map(([name, value]) => `${name}=${value}`);
  await using build = follow(['env', ...env, 'podman', 'build', '-f', file, folder]);
  await build.says(said);
  await until;
}

async function containerfile(text: string): Promise<string> {
  const path = join(folder, 'Containerfile');
  await writeFile(path, `${text}\n`);
  return path;
}

function newOnes(): readonly string[] {
  return workingContainers().filter((id) => !before.includes(id));
}

function workingContainers(): readonly string[] {
  const all = podman('ps', '-a', '--external', '--no-trunc', '--format', '{{.ID}} {{.Status}}').split('\n');
  return all.flatMap((line) => (/^(\w+) Storage$/i.exec(line)?.[1] ?? []) as string).sort();
}
