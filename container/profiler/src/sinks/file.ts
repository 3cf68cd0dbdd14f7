/** A trace that is a file: lines are gathered and written whole, and before it would outgrow its size its content is set aside. */
import type { Format, Sink } from './sink.ts';
import { LINE_FEED, openTraceFile } from './trace-file.ts';
import { createUntold } from './untold.ts';

/** So many bytes are gathered; a profiler that is behind would otherwise hold seconds of lines. */
const GATHER_BYTES = 1 << 20;
const UNWRITTEN = 'lines, because they could not be written';
const DROPPED = 'bytes of older lines, because they could not be set aside';

/** Opens the file at `path`, whose content goes to `path` with `.1` before it outgrows `maxBytes`; throws if it may not be made. */
export function openFileSink(path: string, format: Format, maxBytes: number): Sink {
  const file = openTraceFile(path);
  const untold = createUntold(format);
  let lines: string[] = [];
  let bytes = 0;
  let unwritten = 0;
  const wouldOutgrow = (size: number, more: number): boolean => size > 0 && size + more > maxBytes;
  /** With room for a header in what is begun anew. */
  const gatherBytes = Math.min(GATHER_BYTES, maxBytes / 2);

  const write = (): void => {
    // Others may have copied it and emptied it.
    if (file.follow() || file.size() === 0) untold.begunAnew();
    const due = (): readonly string[] => [...(file.isCutOff() ? [''] : []), ...untold.lines(), ...lines];
    let text = gather(due());
    if (wouldOutgrow(file.size(), text.length)) {
      untold.lost(DROPPED, file.setAside());
      untold.begunAnew();
      text = gather(due());
    }
    if (file.append(text)) untold.told();
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
      if (bytes > 0 && bytes + line.length >= gatherBytes) write();
      lines.push(line);
      bytes += line.length + 1;
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
