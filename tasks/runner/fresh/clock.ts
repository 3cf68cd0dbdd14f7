import { closeSync, constants, lstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt } from '../attempt.ts';
import type { Host } from '../host.ts';

/** A pipe would be waited for, and behind a link nothing is ours. */
const writesFilesOnly =
  constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * The clock by which the file system stamps files, which on a network is not this machine's: that of a file written just
 * now, in ms since 1970. Of two clocks the earlier one counts, since trusting a stamp too little only costs a second look.
 */
export function readFileClock({ dateMs }: Pick<Host, 'dateMs'>, root: string): number {
  const here = dateMs();
  const there = attempt(() => {
    const file = join(root, '.tasks', 'state', 'clock');
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, writesFilesOnly));
    return lstatSync(file).mtimeMs;
  }, here);
  return there < here ? there : here;
}
