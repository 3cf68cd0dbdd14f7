/** A trace that is a file: lines are gathered and written whole, and at its greatest size its content is set aside. */
import type { Format, Sink } from './sink.ts';
import { openTraceFile } from './trace-file.ts';
import { createUntold } from './untold.ts';

/** So many bytes are gathered; a profiler that is behind would otherwise hold seconds of lines. */
const GATHER_BYTES = 1 << 20;
const LINE_FEED = 10;
const UNWRITTEN = 'lines, because they could not be written';
const DROPPED = 'bytes of older lines, because they could not be set aside';

/** Opens the file at `path`, whose content goes to `path` with `.1` when it is full; throws if it may not be made. */
export function openFileSink(path: string, format: Format, maxBytes: number): Sink {
  const file = openTraceFile(path);
  const untold = createUntold(format);
  let lines: string[] = [];
  let bytes = 0;
  let unwritten = 0;

  const write = (): void => {
    if (file.follow()) untold.begunAnew();
    if (file.size() >= maxBytes) {
      untold.lost(DROPPED, file.setAside());
      untold.begunAnew();
    }
    if (file.append(gather([...untold.lines(), ...lines]))) untold.told();
    else {
      untold.lost(UNWRITTEN, lines.length);
      unwritten += lines.length;
    }
    lines = [];
    bytes = 0;
  };

  return {
    header: untold.header,
    exchange: (told) => {
      const line = format.exchange(told);
      lines.push(line);
      bytes += line.length;
      if (bytes >= GATHER_BYTES) write();
    },
    loss: untold.loss,
    flush: () => {
      if (lines.length > 0 || untold.lines().length > 0) write();
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
