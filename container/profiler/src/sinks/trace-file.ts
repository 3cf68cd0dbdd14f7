/** The file of a trace: what is written is written whole or not at all, and the content can be set aside. */
import { closeSync, constants, fstatSync, ftruncateSync, readSync, type Stats, writeSync } from 'node:fs';
import { isFull, ofFile } from '../errors.ts';
import { aside } from '../file-names.ts';
import { isSame, openFollowed, openIfAllowed } from '../followed-file.ts';

export type TraceFile = {
  /** Looks where the path leads now, and how the file stands; true if a trace begins there: it is another one than before, or empty. */
  readonly begins: () => boolean;
  /** As it was found then, with what was written since. */
  readonly size: () => number;
  /** Whether it ends in the middle of a line: who wrote it was killed, or it is a pipe that was full. */
  readonly isCutOff: () => boolean;
  /** False, and nothing of it in the file, when the disk is full or there is no file; of a pipe, where it has not taken all. */
  readonly append: (bytes: Buffer) => boolean;
  /** Moves the content to `.1`; returns how many bytes of it are in neither file now. */
  readonly setAside: () => number;
};

const COPY_BYTES = 1 << 20;
export const LINE_FEED = 10;

/** Opens the file at `path`, to which is only appended; throws if it is not there and may not be made. */
export function openTraceFile(path: string): TraceFile {
  const { fd, follow, stats } = openFollowed(path, constants.O_RDWR | constants.O_APPEND);
  const last = Buffer.alloc(1);
  let size = 0;
  /** Where the last line that was written here ends; undefined in a file of which that is not known. */
  let endsAt: number | undefined;
  /** A pipe has taken half of a line. */
  let hasHalf = false;
  /** Without a file, what is there instead. */
  const withFile = <Result>(otherwise: Result, work: (file: number) => Result): Result => {
    const file = fd();
    return file === undefined ? otherwise : ofFile(path, () => work(file));
  };
  return {
    begins: () => {
      const isOther = follow();
      if (isOther) endsAt = undefined;
      size = stats().size;
      // Of a pipe nobody knows what has been read.
      return isOther || (size === 0 && stats().isFile());
    },
    size: () => size,
    isCutOff: () =>
      withFile(false, (file) => {
        if (hasHalf || size === 0 || size === endsAt) return hasHalf;
        return readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== LINE_FEED;
      }),
    append: (bytes) =>
      withFile(false, (file) => {
        const written = writeWhole(file, bytes);
        if (written > 0) hasHalf = written < bytes.length;
        if (written < bytes.length) return false;
        size += written;
        endsAt = size;
        return true;
      }),
    setAside: () =>
      withFile(0, (file) => {
        const before = fstatSync(file).size;
        const kept = copy(file, aside(path), before);
        ftruncateSync(file, 0);
        size = 0;
        return before - kept;
      }),
  };
}

/** Returns how many bytes are in the file then: all, or none when the disk is full. What has gone into a pipe cannot be taken back. */
function writeWhole(file: number, bytes: Buffer): number {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file, bytes, written);
    return written;
  } catch (error) {
    if (!isFull(error)) throw error;
    const stats = fstatSync(file);
    if (!stats.isFile()) return written;
    ftruncateSync(file, Math.max(0, stats.size - written));
    return 0;
  }
}

/** How much was copied. On a full disk what is set aside is cut short: the room is better used by what comes now. */
function copy(from: number, path: string, size: number): number {
  const to = openEmpty(path, fstatSync(from));
  if (to === undefined) return 0;
  const buffer = Buffer.alloc(COPY_BYTES);
  let at = 0;
  try {
    while (at < size) {
      const read = readSync(from, buffer, 0, buffer.length, at);
      if (read === 0 || ofFile(path, () => writeWhole(to, buffer.subarray(0, read))) < read) break;
      at += read;
    }
    return at;
  } finally {
    closeSync(to);
  }
}

/** A file that was removed is made anew; undefined where that is not allowed, and where it is the very file that is set aside. */
function openEmpty(path: string, from: Stats): number | undefined {
  const file = openIfAllowed(path, constants.O_WRONLY, from.mode);
  if (file === undefined) return undefined;
  if (isSame(fstatSync(file), from)) {
    closeSync(file);
    return undefined;
  }
  ftruncateSync(file, 0);
  return file;
}
