import { constants } from 'node:os';

/** What a call into the kernel failed with. */
export class BpfError extends Error {
  /** The kernel's error number, positive. */
  readonly errno: number;
  /** The last lines that the verifier wrote, if it refused a program. */
  readonly log: string;

  constructor(message: string, errno: number, log = '') {
    super(message);
    this.name = 'BpfError';
    this.errno = errno;
    this.log = log;
  }
}

/** What the system refused: a file, a disk, a socket. */
export function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** Adds to what the system refuses of an open file which one that is: the system itself names only what is opened. */
export function ofFile<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (isOfSystem(error)) error.path ??= path;
    throw error;
  }
}

/** The disk, or what one may take of it, is full; or a pipe in place of a file, because whoever reads it is behind. */
export function isFull(error: unknown): boolean {
  if (!isOfSystem(error)) return false;
  // Node has no name for a quota that is used up.
  return error.errno === -constants.errno.EDQUOT || error.code === 'ENOSPC' || error.code === 'EAGAIN';
}
