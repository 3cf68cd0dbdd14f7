/** What may not be changed in the checkout: what a run as root has left, or all of it where it is mounted read-only. */
import { mkdir } from 'node:fs/promises';
import { TaskFailure } from 'zx-tasks';
import { shellWord } from './shell-word.ts';

/** Does something with what lies at a path of the checkout `root`; why that may not be changed is told with the remedy. */
export async function unlessForeign<Result>(root: string, path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EROFS') {
      throw new TaskFailure(`${path} cannot be written: ${root} is on a file system that is mounted read-only`, {
        remedy: `cp -R ${shellWord(root)} ~/  # and use the copy`,
      });
    }
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new TaskFailure(`${path} belongs to another user, perhaps because of an earlier run as root`, {
      remedy: `sudo chown -R "$(id -un)" ${path}`,
    });
  }
}

/** Makes a folder, unless it is there. On a file system that is mounted read-only, Node's `recursive` says no more than `ENOENT`. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
