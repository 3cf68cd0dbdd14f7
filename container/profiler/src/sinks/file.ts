/** A trace that is a file: lines are gathered and written whole, and before it would outgrow its size its content is set aside. */
import { Lines } from './lines.ts';
import type { Format, Header, Loss, Sink, Told } from './sink.ts';
import { openTraceFile, type TraceFile } from './trace-file.ts';
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
  readonly #lines = new Lines();
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
    if (this.#lines.count > 0 && this.#lines.bytes + line.length >= this.#gatherBytes) this.#write();
    this.#lines.add(line);
  }

  loss(loss: Loss): void {
    this.#untold.loss(loss);
  }

  flush(): number {
    if (this.#lines.count > 0 || this.#untold.lines().length > 0) this.#write();
    const lost = this.#unwritten;
    this.#unwritten = 0;
    return lost;
  }

  #write(): void {
    // Others may have copied it and emptied it.
    if (this.#file.begins()) this.#untold.begunAnew();
    let text = this.#due();
    if (this.#wouldOutgrow(text.length)) {
      this.#untold.lost(DROPPED, this.#file.setAside());
      this.#untold.begunAnew();
      text = this.#due();
    }
    if (this.#file.append(text)) this.#untold.told();
    else {
      this.#untold.lost(UNWRITTEN, this.#lines.count);
      this.#unwritten += this.#lines.count;
    }
    this.#lines.clear();
  }

  /** What has to be written, all before the lines that were gathered included. */
  #due(): Buffer {
    return this.#lines.behind([...(this.#file.isCutOff() ? [''] : []), ...this.#untold.lines()]);
  }

  #wouldOutgrow(more: number): boolean {
    const size = this.#file.size();
    return size > 0 && size + more > this.#maxBytes;
  }
}
