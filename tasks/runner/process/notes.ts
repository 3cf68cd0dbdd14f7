import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../attempt.ts';

/** Lines for somebody who reads them only once we are gone. Unlike a pipe, a file wakes nobody at each line. */
export type Notes = {
  /** For the reader. Ours is to be closed once it has its own. */
  readonly readFd: number;
  /** False where the line could not be kept, as on a full disk. */
  readonly add: (line: string) => boolean;
};

/** Opens notes in a file without a name, so that nothing of it is left behind; undefined where no file can be made. */
export function openNotes(pid: number): Notes | undefined {
  return openIn(inMemory, pid) ?? openIn(process.env.TMPDIR || '/tmp', pid);
}

/** On Linux; a disk takes longer. */
const inMemory = '/dev/shm';

function openIn(folder: string, pid: number): Notes | undefined {
  const path = join(folder, `tasks-${pid}-${process.hrtime.bigint()}`);
  return attempt(() => {
    const writeFd = openSync(path, 'ax', 0o600);
    const readFd = openSync(path, 'r');
    unlinkSync(path);
    return { readFd, add: (line: string) => addTo(writeFd, line) };
  }, undefined);
}

function addTo(fd: number, line: string): boolean {
  const bytes = Buffer.from(line);
  return attempt(() => writeSync(fd, bytes) === bytes.length, false);
}

/** Closes our side of what a reader has inherited. */
export function handOver({ readFd }: Notes): void {
  closeSync(readFd);
}
