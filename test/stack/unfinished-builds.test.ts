/** Whose containers are removed with those of an unfinished build, of a Podman that is only told about. */
import { expect, test } from 'vitest';
import { removeUnfinishedBuilds } from '../../tasks/lib/unfinished-builds.ts';
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

async function remove(rows: readonly unknown[], processes: readonly string[] = []) {
  const removed: string[] = [];
  const run = async (command: readonly string[]) => {
    const [program, verb] = command;
    if (program === 'pgrep') {
      const pattern = new RegExp(command.at(-1) ?? '');
      return ranOf('pgrep', { code: processes.some((each) => pattern.test(each)) ? 0 : 1, stdout: '', stderr: '' });
    }
    if (verb === 'rm') removed.push(...command.slice(3));
    const said = { ps: JSON.stringify(rows), images: 'sha256:ours\n', image: 'sha256:base\n', rm: '' }[verb ?? ''];
    if (said === undefined) throw new Error(`not expected: ${command.join(' ')}`);
    return ranOf(command.join(' '), { code: 0, stdout: said, stderr: '' });
  };
  await removeUnfinishedBuilds({ run }, engineOf({}));
  return removed;
}
