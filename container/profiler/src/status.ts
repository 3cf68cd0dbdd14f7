/** profiler.json: what the profiler says of itself, for `up`, `status` and whoever looks. */
import { constants, ftruncateSync, writeSync } from 'node:fs';
import { isFull, ofFile } from './errors.ts';
import { openFollowed } from './followed-file.ts';

export type Status = {
  readonly state: 'attached' | 'paused' | 'failed';
  readonly tier: string | null;
  readonly hooks: readonly string[];
  readonly kernel: string;
  /** Why this tier, or why it failed. */
  readonly why: string;
  readonly counters: Readonly<Record<string, number>>;
};

/**
 * Writes the status whenever it has changed. The file is rewritten in place, by one write, and empty at first: what an earlier
 * profiler said of itself is not true of this one.
 */
export function openStatus(path: string): (status: Status) => void {
  const { fd, follow } = openFollowed(path, constants.O_WRONLY | constants.O_TRUNC);
  let last = '';
  return (status) => {
    const text = `${JSON.stringify(status)}\n`;
    if (follow()) last = '';
    const file = fd();
    if (text === last || file === undefined) return;
    // Blanks cover what a longer text before would leave behind.
    const bytes = Buffer.from(text.padEnd(last.length, ' '));
    ofFile(path, () => {
      if (!fits(file, bytes)) return;
      ftruncateSync(file, Buffer.byteLength(text));
      last = text;
    });
  };
}

/** False when the disk is full: what stands there then is half a line at worst, until the next try. */
function fits(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes, 0, bytes.length, 0) === bytes.length;
  } catch (error) {
    if (isFull(error)) return false;
    throw error;
  }
}
