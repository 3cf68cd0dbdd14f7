/** A file that others may move or remove: it is found again by its path, and made anew where it is gone. */
import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { isOfSystem } from './errors.ts';

export type Followed = {
  /** The open file; undefined while there is none at the path and none may be made. */
  readonly fd: () => number | undefined;
  /** Looks where the path leads now; true if that is another file than before. */
  readonly follow: () => boolean;
};

/** Of a file that nobody has made: as `touch` makes it. */
const MODE = 0o644;

/** Opens a file for as long as this process runs; throws if it is not there and may not be made. */
export function openFollowed(path: string, flags: number): Followed {
  let file: number | undefined = openSync(path, flags | constants.O_CREAT, MODE);
  let seen = fstatSync(file);
  return {
    fd: () => file,
    follow: () => {
      if (file !== undefined && isAt(path, seen)) return false;
      if (file !== undefined) closeSync(file);
      file = reopen(path, flags, seen.mode);
      if (file !== undefined) seen = fstatSync(file);
      return file !== undefined;
    },
  };
}

/** While a file is open, no other one bears its number. */
function isAt(path: string, { dev, ino }: Stats): boolean {
  const found = statIfAllowed(path);
  return found?.ino === ino && found.dev === dev;
}

function statIfAllowed(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isOfSystem(error)) return undefined;
    throw error;
  }
}

function reopen(path: string, flags: number, mode: number): number | undefined {
  try {
    return openSync(path, flags | constants.O_CREAT, mode & 0o777);
  } catch (error) {
    if (isOfSystem(error)) return undefined;
    throw error;
  }
}
