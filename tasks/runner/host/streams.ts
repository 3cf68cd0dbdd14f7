import { fstatSync, statSync } from 'node:fs';
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

/** A reader that went away (`tasks --list | head -1`) is no error: what it no longer wants is dropped. */
export function makeWriter(name: 'stdout' | 'stderr', secrets: Secrets): (text: string) => void {
  let stream: NodeJS.WriteStream | undefined;
  let isOpen = true;
  const open = (): NodeJS.WriteStream =>
    process[name].on('error', (error: NodeJS.ErrnoException) => {
      isOpen = false;
      const isGone = error.code === 'EPIPE' || error.code === 'EIO';
      if (!isGone && name === 'stdout') process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
    });
  return (text) => {
    if (!isOpen || text === '') return;
    stream ??= open();
    stream.write(secrets.mask(text));
  };
}
