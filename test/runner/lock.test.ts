/** Locks as files: what the real CLI does with them is in the e2e tests. */
import { mkdtemp, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeClaim, writeClaim } from '../../tasks/runner/locks/holder.ts';
import { tryLock, unlock } from '../../tasks/runner/locks/lock.ts';

async function lockPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'locks-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'build.lock');
}

test('a lock is held until it is given back', async () => {
  const path = await lockPath();
  const ours = makeClaim(process.pid, 'build');
  expect(tryLock(path, ours)).toEqual({ state: 'taken' });
  expect(tryLock(path, ours)).toMatchObject({ state: 'held', by: ours });
  unlock(path);
  expect(tryLock(path, ours)).toEqual({ state: 'taken' });
  unlock(path);
});

test('one that could not be made is not given back: another run may have made it since', async () => {
  const path = await lockPath();
  const theirs = writeClaim(makeClaim(process.ppid, 'build'));
  await symlink(theirs, path);
  unlock(path);
  expect(await readlink(path)).toBe(theirs);
});
