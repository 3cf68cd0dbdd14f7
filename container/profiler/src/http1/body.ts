/** The body of a message: which of its bytes say where it ends, and how many of the others may be passed over unseen. */
import { type Framing, parseChunkSize, trimLine } from './head.ts';
import { PartialText } from './partial.ts';

type State =
  | 'counted'
  | 'chunk-size'
  | 'chunk-data'
  /** The line end behind a chunk's data. */
  | 'chunk-end'
  | 'trailer'
  | 'until-close'
  /** Its last byte has come. */
  | 'ended'
  /** A line is too long, or no line of what it should be. */
  | 'broken';

/** A line between chunks that is longer is not waited for. */
const MAX_LINE_BYTES = 8_192;
const LF = 10;

export class Body {
  state: State = 'ended';
  /** Bytes of the body or of the chunk that are still to come. */
  #left = 0;
  /** A line whose end has not come yet. */
  readonly #partial = new PartialText();

  /** About how much memory what has come in part takes. */
  get heldBytes(): number {
    return this.#partial.heldBytes;
  }

  begin(framing: Exclude<Framing, { readonly kind: 'tunnel' }>): void {
    if (framing.kind === 'until-close') this.state = 'until-close';
    else if (framing.kind === 'chunked') this.state = 'chunk-size';
    else if (framing.kind === 'none' || framing.bytes === 0) this.state = 'ended';
    else {
      this.state = 'counted';
      this.#left = framing.bytes;
    }
  }

  /** Goes on with `bytes[from..to)`; returns where it stopped: at `to`, unless it ended or broke off before. */
  read(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.state !== 'ended' && this.state !== 'broken') {
      const isLine = this.state === 'chunk-size' || this.state === 'chunk-end' || this.state === 'trailer';
      at = isLine ? this.#readLine(bytes, at, to) : at + this.#pass(to - at);
    }
    return at;
  }

  /** So many bytes could be passed over whose content is not known. */
  get mostToSkip(): number {
    switch (this.state) {
      case 'until-close':
        return Number.POSITIVE_INFINITY;
      case 'counted':
        return this.#left;
      case 'chunk-data':
        // The line end behind a chunk's data is known without seeing it.
        return this.#left + 2;
      case 'chunk-end':
        return 2 - this.#partial.length;
      default:
        return 0;
    }
  }

  /** So many of the next bytes are data for sure: the line end behind a chunk's is one byte or two. */
  get dataLeft(): number {
    if (this.state === 'until-close') return Number.POSITIVE_INFINITY;
    return this.state === 'counted' || this.state === 'chunk-data' ? this.#left : 0;
  }

  /** How many of its bytes are still to come; undefined where that is not known. */
  get bytesLeft(): number | undefined {
    return this.state === 'counted' ? this.#left : undefined;
  }

  /** Goes on with bytes that can be passed over. */
  skip(count: number): void {
    const beyond = this.state === 'chunk-end' ? count : count - this.#pass(count);
    if (beyond > 0) this.#passLineEnd(beyond);
  }

  /** Forgets what has come in part. */
  drop(): void {
    this.#partial.take();
  }

  /** Passes over data; returns how many of `count` bytes that were. */
  #pass(count: number): number {
    if (this.state === 'until-close') return count;
    const passed = Math.min(count, this.#left);
    this.#left -= passed;
    if (this.#left === 0) this.state = this.state === 'counted' ? 'ended' : 'chunk-end';
    return passed;
  }

  #passLineEnd(count: number): void {
    const isComplete = this.#partial.length + count === 2;
    if (isComplete) this.#partial.take();
    else this.#partial.add('\r');
    this.state = isComplete ? 'chunk-size' : 'chunk-end';
  }

  #readLine(bytes: Buffer, from: number, to: number): number {
    const feed = bytes.indexOf(LF, from);
    const isComplete = feed !== -1 && feed < to;
    const stop = isComplete ? feed + 1 : to;
    this.#partial.add(bytes.toString('latin1', from, stop));
    if (isComplete) this.#lineCame(trimLine(this.#partial.take().slice(0, -1)));
    else if (this.#partial.length > MAX_LINE_BYTES) this.state = 'broken';
    return stop;
  }

  #lineCame(line: string): void {
    if (this.state === 'chunk-size') this.#beginChunk(parseChunkSize(line));
    else if (this.state === 'chunk-end') this.state = line === '' ? 'chunk-size' : 'broken';
    else if (line === '') this.state = 'ended';
  }

  #beginChunk(size: number | undefined): void {
    if (size === undefined) this.state = 'broken';
    else if (size === 0) this.state = 'trailer';
    else {
      this.state = 'chunk-data';
      this.#left = size;
    }
  }
}
