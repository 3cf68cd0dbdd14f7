/** `clean` takes nothing from under runs that go on. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyState } from '../../tasks/lib/state-folder.ts';
import { ranOf } from '../helpers/script-context.ts';

const run = async (command: readonly string[]) => {
  const [program = '', ...words] = command;
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  return ranOf(command.join(' '), { code: status ?? -1, stdout, stderr });
};

/** No process has it: the system's largest is smaller. */
const gone = 2 ** 30;

test.each([
  ['another run goes on', `${process.pid}|1|1|box|build`, ['build']],
  ['another machine may work in the checkout', `${gone}|1|1|elsewhere|build`, ['build']],
  ['another run was killed', `${gone}|1|1|box|build`, []],
  ['it holds other tasks itself', '7|1|2|box|down', []],
])('where %s, .tasks is emptied but for what that run relies on', async (_what, claim, held) => {
  const root = await mkdtemp(join(tmpdir(), 'project-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const name of ['locks', 'state', 'logs', 'cache']) {
    await mkdir(join(root, '.tasks', name), { recursive: true });
    await writeFile(join(root, '.tasks', name, 'x'), '');
  }
  await symlink('7|1|1|box|clean', join(root, '.tasks/locks/clean.lock'));
  await symlink(claim, join(root, '.tasks/locks/build.lock'));
  expect(await emptyState({ root, run }, 'clean')).toEqual(held);
  expect(await readdir(join(root, '.tasks'))).toEqual(held.length === 0 ? [] : ['locks', 'state']);
});
