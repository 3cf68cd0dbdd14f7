/** A trace that is a file: lines are gathered and written whole, and at its greatest size its content is set aside. */
import type { Format, Header, Sink } from './sink.ts';
import { openTraceFile } from './trace-file.ts';

/** So many bytes are gathered; a profiler that is behind would otherwise hold seconds of lines. */
const GATHER_BYTES = 1 << 20;
const LINE_FEED = 10;
const DROPPED = 'bytes of older lines, because they could not be set aside';

/** Opens the file at `path`, whose content goes to `path` with `.1` when it is full; throws if it may not be made. */
export function openFileSink(path: string, format: Format, maxBytes: number): Sink {
  const file = openTraceFile(path);
  let lines: string[] = [];
  let bytes = 0;
  let exchanges = 0;
  let unwritten = 0;
  let dropped = 0;
  let begin: Header | undefined;

  const beginAnew = (): void => {
    if (begin !== undefined) lines.unshift(format.header(begin));
  };

  const setAside = (): void => {
    const droppedNow = file.setAside();
    dropped += droppedNow;
    if (droppedNow > 0) lines.unshift(format.loss({ what: DROPPED, count: dropped, sinceUs: begin?.startedUs ?? 0 }));
    beginAnew();
  };

  const write = (): void => {
    if (lines.length === 0) return;
    if (file.follow()) beginAnew();
    if (file.size() >= maxBytes) setAside();
    if (!file.append(gather(lines))) unwritten += exchanges;
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
