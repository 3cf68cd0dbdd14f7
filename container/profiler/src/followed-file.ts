/** A file that others may move or remove: it is found again by its path, and made anew where it is gone. */
import { closeSync, constants, fchmodSync, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { isOfSystem } from './errors.ts';

export type FollowedFile = {
  /** The open file; undefined while there is none at the path and none may be made. */
  readonly fd: () => number | undefined;
  /** Looks where the path leads now; true if that is another file than before. */
  readonly follow: () => boolean;
  /** How the file stood then. */
  readonly stats: () => Stats;
};

/** Of a file that nobody has made: as `touch` makes it. */
const MODE = 0o644;

/** Opens a file for as long as this process runs; throws if it is not there and may not be made. */
export function openFollowed(path: string, flags: number): FollowedFile {
  let file: number | undefined = openOrMake(path, flags, MODE);
  let seen = fstatSync(file);
  return {
    fd: () => file,
    stats: () => seen,
    follow: () => {
      const found = statIfAllowed(path);
      if (file !== undefined && found !== undefined && isSame(found, seen)) {
        seen = found;
        return false;
      }
      if (file !== undefined) {
        seen = fstatSync(file);
        closeSync(file);
      }
      file = openIfAllowed(path, flags, seen.mode);
      if (file !== undefined) seen = fstatSync(file);
      return file !== undefined;
    },
  };
}

/** Opens a file, and makes one with these rights only where there is none; undefined where that is not allowed. */
export function openIfAllowed(path: string, flags: number, mode: number): number | undefined {
  try {
    return openOrMake(path, flags, mode);
  } catch (error) {
    if (isOfSystem(error)) return undefined;
    throw error;
  }
}

/**
 * In two steps: in a folder such as /tmp another's file may be opened, but not by a call that would make it. Where a pipe stands in
 * its place, nobody is waited for who would read it.
 */
function openOrMake(path: string, access: number, mode: number): number {
  const flags = access | constants.O_NONBLOCK;
  try {
    return openSync(path, flags);
  } catch (error) {
    if (!isOfSystem(error) || error.code !== 'ENOENT') throw error;
    const file = openSync(path, flags | constants.O_CREAT, mode & 0o777);
    // The umask has taken some away.
    fchmodSync(file, mode & 0o777);
    return file;
  }
}

/** While a file is open, no other one bears its number. */
export function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

function statIfAllowed(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isOfSystem(error)) return undefined;
    throw error;
  }
}
