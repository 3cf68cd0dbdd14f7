import { lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isErrno } from '../host.ts';

/**
 * The user ids of all who say what a path leads to: the owner of the file; of a link, that of the link too; of a file that has
 * several names, since some systems let anybody give it one, that of the folder too. None where nothing is to be seen there.
 */
export function ownersOf(path: string): readonly number[] {
  try {
    const own = lstatSync(path);
    const others = own.isFile() && own.nlink > 1 ? [lstatSync(dirname(path))] : [statSync(path)];
    return [own, ...others].map(({ uid }) => uid);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return [];
    throw error;
  }
}

/** Whether others may make files in a folder, and nobody may remove or rename those of others. */
export function isSticky(folder: string): boolean {
  const { mode } = statSync(folder);
  return (mode & stickyBit) !== 0 && (mode & writableByOthers) !== 0;
}

const stickyBit = 0o1000;
const writableByOthers = 0o022;
