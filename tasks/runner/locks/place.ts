import { join } from 'node:path';
import { digestOfText } from '../text/digest.ts';
import { spellOut } from '../text/log-path.ts';

/** A longer name is cut, since what stands beside a lock has a longer one. */
const mostLength = 150;
const keptLength = 80;

/** Where the locks of a checkout lie. */
export function lockFolder(root: string): string {
  return join(root, '.tasks', 'locks');
}

/** The lock of a task, by its name. Never one file for two, also where case does not count. */
export function lockFile(folder: string, task: string): string {
  return `${folder}/${shorten(spellOut(task), task)}.lock`;
}

/** The lock that a config names. No task's name begins with `@`. */
export function namedLockFile(folder: string, name: string): string {
  return `${folder}/@${shorten(spellOut(name), name)}.lock`;
}

/** A `%` before `-` is of no name that is spelled out. */
function shorten(spelled: string, name: string): string {
  return spelled.length <= mostLength ? spelled : `${spelled.slice(0, keptLength)}%-${digestOfText(name)}`;
}
