import { closeSync, fstatSync, statSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { attempt } from '../attempt.ts';
import { messageOf } from '../errors.ts';
import { isErrno } from '../host.ts';
import type { Secrets } from '../secrets.ts';
import { isGone } from './gone.ts';
import { writeToStream } from './last-writes.ts';

/** Asked of the system first: the streams themselves, and what tells terminals apart, are costly to load. */
export function isTerminal(fd: number): boolean {
  const stat = attempt(() => fstatSync(fd), undefined);
  const mayBeOne = stat?.isCharacterDevice() === true && stat.rdev !== nullDevice();
  return mayBeOne && isatty(fd);
}

/** Those of the standard descriptors that are terminals. */
export function standardTerminals(): readonly number[] {
  return [0, 1, 2].filter(isTerminal);
}

/** Closes those that are gone, since Node would try to set them back at its exit, and fail. */
export function closeLost(terminals: readonly number[]): void {
  for (const fd of terminals) if (!isTerminal(fd)) closeSync(fd);
}

function nullDevice(): number | undefined {
  return statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}

export type Writer = {
  readonly write: (text: string) => void;
  /** For what has no secrets any more, and in which to mask could break its form. */
  readonly writeMasked: (text: string) => void;
  /** How much waits for its reader. */
  readonly waitingBytes: () => number;
  /** Whether something could not be written although its reader is there, as on a full disk. */
  readonly hasFailed: () => boolean;
};

/** So much fits into a pipe whose reader does nothing. */
const pipeBytes = 64 << 10;
/** When more waits for its reader, no more should be made. */
export const mostWaitingBytes = 1 << 20;

/**
 * Writes to the descriptor itself, since the streams are costly to load. A pipe that may be full is left to its stream, since
 * who waits for its reader hears no signal; and so is a descriptor that somebody has made non-blocking. A reader that went
 * away (`tasks --list | head -1`) is no error: what it no longer wants is dropped.
 */
export function makeWriter(name: 'stdout' | 'stderr', secrets: Secrets): Writer {
  const fd = name === 'stdout' ? 1 : 2;
  let stream: NodeJS.WriteStream | undefined;
  let isOpen = true;
  let hasFailed = false;
  let freeBytes = pipeBytes;
  const fail = (error: NodeJS.ErrnoException): void => {
    isOpen = false;
    if (isGone(error)) return;
    hasFailed = true;
    if (name === 'stdout') writeLast('stderr', `error: the output cannot be written: ${messageOf(error)}\n`);
  };
  const writeMasked = (text: string): void => {
    if (!isOpen || text === '') return;
    const bytes = Buffer.from(text);
    const isFullNow = freeBytes >= 0 && freeBytes < bytes.length;
    freeBytes -= bytes.length;
    try {
      if (isFullNow && isPipe(fd)) stream ??= process[name].on('error', fail);
      const rest = stream === undefined ? writeAtOnce(fd, bytes) : bytes;
      if (rest.length === 0) return;
      stream ??= process[name].on('error', fail);
      writeToStream(name, stream, rest);
    } catch (error) {
      fail(error as NodeJS.ErrnoException);
    }
  };
  return {
    write: (text) => writeMasked(secrets.mask(text)),
    writeMasked,
    waitingBytes: () => (isOpen ? (stream?.writableLength ?? 0) : 0),
    hasFailed: () => hasFailed,
  };
}

/** For what is said when the run is over: where it cannot be written, nobody is left to be told, and the exit code stays. */
export function writeLast(name: 'stdout' | 'stderr', text: string): void {
  try {
    writeToStream(
      name,
      process[name].on('error', () => undefined),
      Buffer.from(text),
    );
  } catch {
    // As said above.
  }
}

function isPipe(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}

/** Gives what could not be written without waiting. */
function writeAtOnce(fd: number, bytes: Buffer): Buffer {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch (error) {
    if (!isErrno(error, 'EAGAIN')) throw error;
  }
  return bytes.subarray(written);
}
