/**
 * A trace that is a file: lines are gathered and written whole, and at its greatest size its content is set aside.
 * The files exist before the profiler starts and belong to somebody else: nothing here creates, renames or changes one.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { Format, Header, Sink } from './sink.ts';

const COPY_BYTES = 1 << 20;
/** So many bytes are gathered; a profiler that is behind would otherwise hold seconds of lines. */
const GATHER_BYTES = 1 << 20;
const LINE_FEED = 10;

/** Opens the file at `path`, and `path` with `.1` when it is full; throws if they do not exist. */
export function openFileSink(path: string, format: Format, maxBytes: number): Sink {
  const file = openSync(path, constants.O_RDWR | constants.O_APPEND);
  let lines: string[] = [];
  let bytes = 0;
  let exchanges = 0;
  let unwritten = 0;
  let begin: Header | undefined;

  const setAside = (size: number): void => {
    copy(file, `${path}.1`, size);
    ftruncateSync(file, 0);
    if (begin !== undefined) lines.unshift(format.header(begin));
  };

  const write = (): void => {
    if (lines.length === 0) return;
    const size = fstatSync(file).size;
    if (size >= maxBytes) setAside(size);
    if (!writeWhole(file, gather(lines))) unwritten += exchanges;
    lines = [];
    bytes = 0;
    exchanges = 0;
  };

  return {
    header: (header) => {
      begin = header;
      lines.push(format.header(header));
    },
    exchange: (told) => {
      const line = format.exchange(told);
      lines.push(line);
      bytes += line.length;
      exchanges++;
      if (bytes >= GATHER_BYTES) write();
    },
    loss: (loss) => lines.push(format.loss(loss)),
    flush: () => {
      write();
      const lost = unwritten;
      unwritten = 0;
      return lost;
    },
  };
}

let gathered = Buffer.alloc(1 << 16);

/** The lines as bytes, one of which each character is; valid until the next call. */
function gather(lines: readonly string[]): Buffer {
  const size = lines.reduce((sum, line) => sum + line.length + 1, 0);
  if (gathered.length < size) gathered = Buffer.alloc(2 * size);
  let at = 0;
  for (const line of lines) {
    at += gathered.write(line, at, 'latin1');
    gathered[at++] = LINE_FEED;
  }
  return gathered.subarray(0, size);
}

/** False, and nothing of it in the file, when the disk is full. */
function writeWhole(file: number, bytes: Buffer): boolean {
  const before = fstatSync(file).size;
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file, bytes, written);
    return true;
  } catch (error) {
    if (!isFull(error)) throw error;
    ftruncateSync(file, before);
    return false;
  }
}

/** On a full disk what is set aside is cut short: the room is better used by what comes now. */
function copy(from: number, path: string, size: number): void {
  const to = openSync(path, constants.O_WRONLY | constants.O_TRUNC);
  const buffer = Buffer.alloc(COPY_BYTES);
  try {
    for (let at = 0; at < size; ) {
      const read = readSync(from, buffer, 0, buffer.length, at);
      if (read === 0) break;
      if (!writeWhole(to, buffer.subarray(0, read))) break;
      at += read;
    }
  } finally {
    closeSync(to);
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
