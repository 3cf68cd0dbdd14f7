import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isErrno } from '../host.ts';
import { shellQuote } from '../text/shell/quote.ts';
import { copyAsNew } from './copy.ts';

/** Makes the folders of outputs. One that is a link out of the project is refused: what is behind it is not ours to write. */
export function makeFolderMaker(root: string): (folder: string) => void {
  const real = realpathSync(root);
  const made = new Set<string>(['.']);
  const make = (folder: string): void => {
    if (made.has(folder)) return;
    make(dirname(folder));
    made.add(folder);
    const path = join(root, folder);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    const isLink = stat?.isSymbolicLink() === true;
    if (stat === undefined) mkdirSync(path);
    else if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw inTheWay(folder, isLink ? 'a link' : 'a file');
    const leadsOut = isLink && !realpathSync(path).startsWith(`${real}/`);
    if (leadsOut) throw new Error(`\`${folder}\` is a link out of the project`);
  };
  return make;
}

/** What the task's earlier runs wrote is gone by now. */
function inTheWay(path: string, what: string): Error {
  const quoted = shellQuote(path);
  return new Error(
    `\`${path}\` is ${what} that the task did not write: move it away (\`mv ${quoted} ${shellQuote(`${path}.old`)}\`)`,
  );
}

/** Moves a file or a link to its place in the project, in one step. */
export function move(staged: string, root: string, path: string): void {
  const target = join(root, path);
  try {
    renameSync(staged, target);
  } catch (error) {
    if (isErrno(error, 'EISDIR')) throw inTheWay(path, 'a folder');
    const isOtherDisk = isErrno(error, 'EXDEV');
    if (!isOtherDisk) throw error;
    // A name that nobody else has, since what is there would be overwritten.
    const beside = `${target}.${randomUUID()}`;
    try {
      // Node's own `cpSync` takes no link that leads nowhere from its staging folder since version 24.
      if (lstatSync(staged).isSymbolicLink()) symlinkSync(readlinkSync(staged), beside);
      else copyAsNew(staged, beside);
      renameSync(beside, target);
    } finally {
      rmSync(beside, { force: true });
    }
  }
}
