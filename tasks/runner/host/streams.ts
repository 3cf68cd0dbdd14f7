import { fstatSync, statSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Secrets } from '../secrets.ts';

/** Asked of the system first: the streams themselves, and what tells terminals apart, are costly to load. */
export function isTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    const mayBeOne = stat.isCharacterDevice() && stat.rdev !== nullDevice();
    return mayBeOne && isatty(fd);
  } catch {
    return false;
  }
}

function nullDevice(): number | undefined {
  return statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}

/**
 * Writes to the descriptor itself, since the streams are costly to load. One that cannot take more at once, because
 * somebody has made it non-blocking, is left to its stream. A reader that went away (`tasks --list | head -1`) is no
 * error: what it no longer wants is dropped.
 */
export function makeWriter(name: 'stdout' | 'stderr', secrets: Secrets): (text: string) => void {
  const fd = name === 'stdout' ? 1 : 2;
  let stream: NodeJS.WriteStream | undefined;
  let isOpen = true;
  const fail = (error: NodeJS.ErrnoException): void => {
    isOpen = false;
    const isGone = error.code === 'EPIPE' || error.code === 'EIO';
    if (!isGone && name === 'stdout') process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
  };
  return (text) => {
    if (!isOpen || text === '') return;
    const bytes = Buffer.from(secrets.mask(text));
    try {
      const rest = stream === undefined ? writeAtOnce(fd, bytes) : bytes;
      if (rest.length === 0) return;
      stream ??= process[name].on('error', fail);
      stream.write(rest);
    } catch (error) {
      fail(error as NodeJS.ErrnoException);
    }
  };
}

/** Gives what could not be written without waiting. */
function writeAtOnce(fd: number, bytes: Buffer): Buffer {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
  return bytes.subarray(written);
}
