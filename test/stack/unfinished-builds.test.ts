/** Whose containers are removed with those of an unfinished build, of a Podman that is only told about. */
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { noteBuild, removeUnfinishedBuilds } from '../../tasks/lib/unfinished-builds.ts';
import { engineOf } from '../helpers/probe.ts';
import { ranOf } from '../helpers/script-context.ts';

const kept = { State: 'storage', Command: ['buildah'], Created: 10 };

test.each([
  ['of ours', { ...kept, ImageID: 'ours' }, ['Id']],
  ['from a base image made here', { ...kept, ImageID: 'base' }, ['Id']],
  ['from another image', { ...kept, ImageID: 'theirs' }, []],
  ['from nothing, as any project’s may be', { ...kept, ImageID: '' }, []],
  ['that podman is just creating', { ...kept, ImageID: 'ours', Command: ['storage'], Names: ['happy_bell'] }, []],
  [
    'that a build is making',
    { ...kept, ImageID: 'ours', Command: ['storage'], Names: ['ours-working-container-2'] },
    ['Id'],
  ],
  ['that runs', { ...kept, ImageID: 'ours', State: 'running', Command: ['node'] }, []],
])('of a container %s, it removes that and no other', async (_which, listed, removed) => {
  expect(await remove([{ Id: 'Id', ...listed }])).toEqual(removed);
});

test.each([
  'podman build -t localhost/profiler-app --target app',
  'sudo -n podman build -t localhost/profiler-toolchain --target toolchain',
  'podman build -t localhost/tasks-base/node:24.21.0 --build-arg DEBIAN_IMAGE=localhost/tasks-base/debian:bookworm',
])('nothing is removed while `%s` goes on', async (process) => {
  const ours = [{ Id: 'Id', ...kept, ImageID: 'ours' }];
  expect(await remove(ours, [process])).toEqual([]);
  expect(await remove(ours, ['podman build -t localhost/other'])).toEqual(['Id']);
});

test('nothing is removed of a build that has begun while it was looked for others', async () => {
  const processes: string[] = [];
  const look = () => processes.push('podman build -t localhost/profiler-app');
  expect(await remove([{ Id: 'Id', ...kept, ImageID: 'ours' }], processes, { look })).toEqual([]);
});

test('the next build removes what has been left since the first that was cut off, and nothing older', async () => {
  const root = await mkdtemp(join(tmpdir(), 'unfinished-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const rows = [9, 10, 11].map((Created) => ({ ...kept, Id: `${Created}`, Created, ImageID: 'ours' }));
  const note = join(root, '.tasks/building-app');
  await mkdir(join(root, '.tasks'));
  await writeFile(note, '');
  await utimes(note, 10.5, 10.5);
  expect(await remove(rows, [], { root })).toEqual(['10', '11']);
  expect(await remove(rows, [], { root }), 'the note is as old as before').toEqual(['10', '11']);
  await rm(note);
  expect(await remove(rows, [], { root }), 'without a note').toEqual([]);
});

/** With a `root`, by what a build there begins with. */
type Case = { readonly root?: string; readonly look?: () => void };

async function remove(rows: readonly unknown[], processes: readonly string[] = [], { root, look }: Case = {}) {
  const removed: string[] = [];
  const run = async (command: readonly string[]) => {
    const [program, verb] = command;
    if (program === 'pgrep') {
      const pattern = new RegExp(command.at(-1) ?? '');
      return ranOf('pgrep', { code: processes.some((each) => pattern.test(each)) ? 0 : 1, stdout: '', stderr: '' });
    }
    if (verb === 'ps') look?.();
    if (verb === 'rm') removed.push(...command.slice(3));
    const said = { ps: JSON.stringify(rows), images: 'sha256:ours\n', image: 'sha256:base\n', rm: '' }[verb ?? ''];
    if (said === undefined) throw new Error(`not expected: ${command.join(' ')}`);
    return ranOf(command.join(' '), { code: 0, stdout: said, stderr: '' });
  };
  if (root === undefined) await removeUnfinishedBuilds({ run }, engineOf({}));
  else await noteBuild({ root, run }, engineOf({}), 'app');
  return removed;
}
