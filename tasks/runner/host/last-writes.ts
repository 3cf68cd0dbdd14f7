import { writeSync } from 'node:fs';
import { interrupts, isErrno } from '../host.ts';

type Name = 'stdout' | 'stderr';

/** What libuv knows of a pipe: how much it was given, and how much of that is not yet written. */
type Counting = { readonly bytesWritten: number; readonly writeQueueSize: number };

const retryMs = 5;
/** What each stream was given and has not said to be written. */
const given: Readonly<Record<Name, Uint8Array[]>> = { stdout: [], stderr: [] };
let isLast = false;

/** Gives bytes to a stream, which writes them when their reader is there; while the process ends, waits for that reader. */
export function writeToStream(name: Name, stream: NodeJS.WriteStream, bytes: Uint8Array): void {
  if (isLast) {
    writeWaiting(name, bytes);
    return;
  }
  const own = given[name];
  own.push(bytes);
  writePast(stream, bytes, () => own.shift());
}

/** Writes to a stream whatever code it is that runs, and whoever else has put a `write` there. */
function writePast(stream: NodeJS.WriteStream, bytes: Uint8Array, done: () => void): void {
  Reflect.apply(Object.getPrototypeOf(stream).write, stream, [bytes, done]);
}

/**
 * From now on all is written at once, first what streams still have: the process ends, and they would take it along. Who waits
 * for a reader hears no signal, so that those do again what they do where nobody listens.
 */
export function writeLastOnes(): void {
  if (isLast) return;
  isLast = true;
  for (const name of ['stdout', 'stderr'] as const) {
    const own = Buffer.concat(given[name].splice(0));
    if (own.length === 0) continue;
    try {
      writeWaiting(name, own.subarray(Math.max(0, own.length - unwrittenBytes(process[name]))));
    } catch {
      // Where it cannot be written, nobody is left to be told.
    }
  }
}

function unwrittenBytes(stream: NodeJS.WriteStream): number {
  const { bytesWritten } = stream;
  const { _handle: handle } = stream as unknown as { readonly _handle?: Counting | null };
  return handle ? bytesWritten - handle.bytesWritten + handle.writeQueueSize : 0;
}

function writeWaiting(name: Name, bytes: Uint8Array): void {
  const fd = name === 'stdout' ? 1 : 2;
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (!isErrno(error, 'EAGAIN')) throw error;
      for (const signal of interrupts) process.removeAllListeners(signal);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
  }
}
