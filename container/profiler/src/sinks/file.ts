/** A trace that is a file: lines are gathered and written whole, and before it would outgrow its size its content is set aside. */
import type { Format, Header, Loss, Sink, Told } from './sink.ts';
import { LINE_FEED, openTraceFile, type TraceFile } from './trace-file.ts';
import { createUntold, type Untold } from './untold.ts';

/** So many bytes are gathered; a profiler that is behind would otherwise hold seconds of lines. */
const GATHER_BYTES = 1 << 20;
const UNWRITTEN = 'lines, because they could not be written';
const DROPPED = 'bytes of older lines, because they could not be set aside';

/** Opens the file at `path`, whose content goes to `path` with `.1` before it outgrows `maxBytes`; throws if it may not be made. */
export function openFileSink(path: string, format: Format, maxBytes: number): Sink {
  return new FileSink(openTraceFile(path), format, maxBytes);
}

class FileSink implements Sink {
  readonly #file: TraceFile;
  readonly #untold: Untold;
  readonly #format: Format;
  readonly #maxBytes: number;
  /** With room for a header in what is begun anew. */
  readonly #gatherBytes: number;
  #lines: string[] = [];
  /** The sum of their lengths. */
  #bytes = 0;
  /** Exchanges, since the last flush. */
  #unwritten = 0;

  constructor(file: TraceFile, format: Format, maxBytes: number) {
    this.#file = file;
    this.#untold = createUntold(format);
    this.#format = format;
    this.#maxBytes = maxBytes;
    this.#gatherBytes = Math.min(GATHER_BYTES, maxBytes / 2);
  }

  header(header: Header): void {
    this.#untold.header(header);
  }

  exchange(told: Told): void {
    const line = this.#format.exchange(told);
    if (this.#bytes > 0 && this.#bytes + line.length >= this.#gatherBytes) this.#write();
    this.#lines.push(line);
    this.#bytes += line.length + 1;
  }

  loss(loss: Loss): void {
    this.#untold.loss(loss);
  }

  flush(): number {
    if (this.#lines.length > 0 || this.#untold.lines().length > 0) this.#write();
    const lost = this.#unwritten;
    this.#unwritten = 0;
    return lost;
  }

  #write(): void {
    // Others may have copied it and emptied it.
    if (this.#file.follow() || this.#file.size() === 0) this.#untold.begunAnew();
    let text = this.#due();
    if (this.#wouldOutgrow(text.length)) {
      this.#untold.lost(DROPPED, this.#file.setAside());
      this.#untold.begunAnew();
      text = this.#due();
    }
    if (this.#file.append(text)) this.#untold.told();
    else {
      this.#untold.lost(UNWRITTEN, this.#lines.length);
      this.#unwritten += this.#lines.length;
    }
    this.#lines = [];
    this.#bytes = 0;
  }

  /** What has to be written, all before the lines that were gathered included. */
  #due(): Buffer {
    return gather([...(this.#file.isCutOff() ? [''] : []), ...this.#untold.lines(), ...this.#lines]);
  }

  #wouldOutgrow(more: number): boolean {
    const size = this.#file.size();
    return size > 0 && size + more > this.#maxBytes;
  }
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
