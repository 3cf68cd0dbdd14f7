import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from '../host.ts';
import { refuseOther } from '../plain-file.ts';
import { makeFolders, putInPlace } from '../put-in-place.ts';

/** The text of a file, or undefined where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    refuseOther(path, stats);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** What somebody writes to a named pipe, or undefined where the path is none. Throws where nobody does, instead of waiting. */
export async function readPipe(path: string): Promise<string | undefined> {
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO() !== true) return undefined;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await readToEnd(fd);
  } finally {
    closeSync(fd);
  }
}

const writerWithinMs = 500;
const pauseMs = 5;

async function readToEnd(fd: number): Promise<string> {
  const pieces: Buffer[] = [];
  const piece = Buffer.alloc(65_536);
  let hasWriter = false;
  for (let waitedMs = 0; hasWriter || waitedMs < writerWithinMs; waitedMs += pauseMs) {
    const length = readSome(fd, piece);
    if (length === 0 && hasWriter) return Buffer.concat(pieces).toString('utf8');
    if (length > 0) pieces.push(Buffer.from(piece.subarray(0, length)));
    hasWriter ||= length !== 0;
    if (length <= 0) await sleep(pauseMs);
  }
  throw new Error('it is a pipe to which nobody writes');
}

/** As many bytes as there are: 0 at the end, or before the first writer, and -1 while a writer has none. */
function readSome(fd: number, into: Buffer): number {
  try {
    return readSync(fd, into);
  } catch (error) {
    if (isErrno(error, 'EAGAIN')) return -1;
    throw error;
  }
}

/** What is no plain file, such as /dev/null, is written to; of a link, what it leads to is replaced. */
export function replaceFile(path: string, text: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats?.isFile() === false) {
    // Of a pipe that nobody reads this fails, where to write would be to wait.
    const fd = openSync(target, constants.O_WRONLY | (stats.isFIFO() ? constants.O_NONBLOCK : 0));
    try {
      writeFileSync(target, text);
    } finally {
      closeSync(fd);
    }
    return;
  }
  const temporary = `${target}.${process.pid}.tmp`;
  makeFolders(dirname(target));
  putInPlace(temporary, target, () => writeFileSync(temporary, text));
}
