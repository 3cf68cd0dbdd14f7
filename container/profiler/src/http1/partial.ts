/** What is held of a message whose end has not come: a text in parts, and a head in parts. */
import { type Head, isFold, type Lengths, readLengths, trimLine } from './head.ts';

/** V8 keeps a sum of texts as its parts, so that many small ones are made one now and then. */
const PARTS = 64;
/** What a part takes besides its text. */
const PART_BYTES = 56;

/** A text that comes in parts. */
export class PartialText {
  #text = '';
  #parts = 0;

  get length(): number {
    return this.#text.length;
  }

  /** About how much memory it takes. */
  get heldBytes(): number {
    return this.#text.length + (this.#parts % PARTS) * PART_BYTES;
  }

  add(part: string): void {
    this.#text += part;
    if (++this.#parts % PARTS === 0) this.#text = Buffer.from(this.#text, 'latin1').toString('latin1');
  }

  peek(): string {
    return this.#text;
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    this.#parts = 0;
    return text;
  }
}

/** A target longer than this is not waited for: servers refuse much shorter ones. */
const MAX_FIRST_LINE_BYTES = 65_536;
/** Of any other line so much is held: it is empty, or says how the body ends, or does not matter. */
const MAX_OTHER_LINE_BYTES = 1_024;

const LENGTH_BYTES = 'content-length'.length;
const ENCODING_BYTES = 'transfer-encoding'.length;

/** A head in parts, however long it is: only its first line is held, and what says how its body ends. */
export class PartialHead {
  /** Without its end; undefined until that has come. */
  firstLine: string | undefined;
  /** Whether a line that matters goes on for longer than is held. */
  isTooLong = false;
  readonly #line = new PartialText();
  #lineBytes = 0;
  #lengths: Lengths = { contentLength: undefined, transferEncoding: undefined };
  /** The last line that said something of lengths, as long as it may go on, and what was known before it. */
  #last: { readonly line: string; readonly before: Lengths } | undefined;

  /** As much of the first line as has come, while its end has not. */
  get unfinishedLine(): string {
    return this.firstLine === undefined ? this.#line.peek() : '';
  }

  get heldBytes(): number {
    return this.#line.heldBytes + (this.firstLine?.length ?? 0) + (this.#last?.line.length ?? 0);
  }

  /** Goes on with some bytes, and returns how many of them belong to the head. */
  take(bytes: Buffer): { readonly taken: number; readonly head: Head | undefined } {
    const text = bytes.toString('latin1');
    let at = 0;
    for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', at)) {
      const isPassed = this.firstLine !== undefined && this.#lineBytes === 0 && !mayEndOrFrame(text, at);
      if (isPassed) this.#last = undefined;
      else this.#hold(bytes, at, feed);
      at = feed + 1;
      if (!isPassed && this.#endLine())
        return { taken: at, head: { firstLine: this.firstLine ?? '', ...this.#lengths } };
    }
    this.#hold(bytes, at, bytes.length);
    return { taken: bytes.length, head: undefined };
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    const most = this.firstLine === undefined ? MAX_FIRST_LINE_BYTES : MAX_OTHER_LINE_BYTES;
    const room = most - this.#line.length;
    this.#lineBytes += to - from;
    if (room > 0) this.#line.add(bytes.toString('latin1', from, Math.min(to, from + room)));
    if (this.firstLine === undefined && this.#lineBytes > most) this.isTooLong = true;
  }

  /** Whether the line was the empty one. */
  #endLine(): boolean {
    const isCut = this.#lineBytes > this.#line.length;
    // It says what it began with, and not what it asked for.
    if (isCut && this.firstLine === undefined) return false;
    const line = trimLine(this.#line.take());
    this.#lineBytes = 0;
    if (this.firstLine === undefined) {
      this.firstLine = line;
      return false;
    }
    const folded = isFold(line.charCodeAt(0)) ? this.#last : undefined;
    const whole = folded === undefined ? line : folded.line + line;
    const before = folded?.before ?? this.#lengths;
    const lengths = readLengths(whole, before);
    this.#last = lengths === before ? undefined : { line: whole, before };
    if (this.#last !== undefined && (isCut || whole.length > MAX_OTHER_LINE_BYTES)) this.isTooLong = true;
    this.#lengths = lengths;
    return line === '';
  }
}

/** May the line that begins at `start` be the last of a head, go on with another, or say how the body ends? Of most one look tells. */
function mayEndOrFrame(text: string, start: number): boolean {
  const isNoHeader = '\r\n\t '.includes(text[start] ?? '');
  return isNoHeader || text[start + LENGTH_BYTES] === ':' || text[start + ENCODING_BYTES] === ':';
}
