import { existsSync, writeFileSync } from 'node:fs';
import { isErrno } from '../host.ts';
import { readPlainFile } from '../plain-file.ts';
import { putInPlace, removeFile } from '../put-in-place.ts';
import { halfMade, whereWritable } from './lock.ts';

/** How a run of a task ended, left for those that waited for it. */
export type Result = {
  /** The claim under which it ran, so that a result is told from an earlier one. */
  readonly claim: string;
  readonly succeeded: boolean;
  /** What ran: equal for the same commands, params and environment. */
  readonly identity: string;
};

/**
 * Tells the holder of a lock that somebody waits and wants to know how it ended. Where it cannot, who waits does the task again.
 * What is there already tells as much, and is not opened: a pipe would be waited for.
 */
export function announceWaiting(lock: string): void {
  if (existsSync(waitingFile(lock))) return;
  whereWritable(() => writeFileSync(waitingFile(lock), ''));
}

/** Leaves the result where somebody waits; `describe` is called only then. */
export function leaveResult(lock: string, describe: () => Result): void {
  if (!existsSync(waitingFile(lock))) return;
  const temporary = halfMade(lock, process);
  whereWritable(() => {
    for (const left of [waitingFile(lock), temporary]) removeFile(left);
    putInPlace(temporary, resultFile(lock), () => writeFileSync(temporary, JSON.stringify(describe())));
  });
}

/** The last result that was left; one that is damaged, or somebody else's alone, is none. */
export function readResult(lock: string): Result | undefined {
  try {
    return JSON.parse(readPlainFile(resultFile(lock)).toString('utf8')) as Result;
  } catch (error) {
    if (error instanceof SyntaxError || isErrno(error, 'ENOENT', 'EACCES', 'EFTYPE')) return undefined;
    throw error;
  }
}

function waitingFile(lock: string): string {
  return `${lock}.waiting`;
}

function resultFile(lock: string): string {
  return `${lock}.result`;
}
