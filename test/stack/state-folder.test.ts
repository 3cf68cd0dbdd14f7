/** `clean` takes nothing from under runs that go on. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyState } from '../../tasks/lib/state-folder.ts';

test.each([
  ['another run goes on', ['build'], ['locks', 'state']],
  ['no other run goes on', [], []],
])('where %s, .tasks is emptied but for what that run relies on', async (_what, held, left) => {
  const root = await mkdtemp(join(tmpdir(), 'project-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const name of ['locks', 'state', 'logs', 'cache']) {
    await mkdir(join(root, '.tasks', name), { recursive: true });
    await writeFile(join(root, '.tasks', name, 'x'), '');
  }
  expect(await emptyState({ root, heldByOthers: () => held })).toEqual(held);
  expect(await readdir(join(root, '.tasks'))).toEqual(left);
});
