/**
 * HTTP/1.x as a stream of one direction: where messages begin and end. Bytes may come in any pieces; where the body's
 * bytes were not copied, their number is enough. What a head means is asked of the caller, because whether a response
 * has a body is up to its request. This file is longer than 200 lines because what a byte means depends on all states at once.
 */
import { Body } from './body.ts';
import { type Framed, type Framing, type Head, parseHead, trimLine } from './head.ts';
import { Introduction } from './introduction.ts';
import { PartialHead } from './partial.ts';

export type ReaderEvents = {
  /** The first byte of a message, and its place in the bytes that are being fed. */
  readonly started: (at: number) => void;
  /** Asked once the first line is there of a head that comes in parts: is it worth to wait for the rest? */
  readonly plausible: (firstLine: string) => boolean;
  /** A complete head; the answer says how to go on, undefined that this is not HTTP. */
  readonly head: (head: Head) => Framing | undefined;
  /** The last byte of a message. */
  readonly ended: () => void;
  /** Where the message ends cannot be told: a line is too long, or no line of what it should be. */
  readonly lost: () => void;
  /** May an introduction come before the message that begins? Left out where none ever does. */
  readonly mayBeIntroduced?: () => boolean;
  /** What began was one, and no message. */
  readonly introduced?: () => void;
};

/** `start`: between messages. */
type State = 'start' | 'introduction' | 'head' | 'body' | 'lost';

const LF = 10;
const CR = 13;

export class Reader {
  state: State = 'start';
  /** Bytes of the present message so far, and after its end of the last one. */
  messageBytes = 0;
  readonly #events: ReaderEvents;
  readonly #body = new Body();
  /** A head whose end has not come yet. */
  #head: PartialHead | undefined;
  #introduction: Introduction | undefined;

  constructor(events: ReaderEvents) {
    this.#events = events;
  }

  /** Whether the body lasts as long as the connection. */
  get isUntilClose(): boolean {
    return this.state === 'body' && this.#body.state === 'until-close';
  }

  /** About how much memory what has come in part takes. */
  get heldBytes(): number {
    return this.#body.heldBytes + (this.#head?.heldBytes ?? 0) + (this.#introduction?.held.length ?? 0);
  }

  /** As much of a message's first line as has come, while its end has not. */
  get heldLine(): string {
    return this.#head?.unfinishedLine ?? this.#introduction?.heldLine ?? '';
  }

  /** Goes on with `bytes[from..to)`. */
  feed(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to) at = this.#step(bytes, at, to);
  }

  /**
   * A message begins whose head is known by its length and by its first line, `bytes[from..to)` with its end.
   * Returns false if none can begin here.
   */
  begin(bytes: Buffer, from: number, to: number, { headBytes, bodyBytes }: Framed): boolean {
    if (this.state === 'lost') return true;
    if (this.state !== 'start') return false;
    const firstLine = trimLine(bytes.toString('latin1', from, to - 1));
    this.state = 'head';
    this.#events.started(from);
    this.messageBytes = headBytes;
    this.#begin(this.#events.head({ firstLine, contentLength: bodyBytes, transferEncoding: undefined }));
    return true;
  }

  /** So many bytes could be passed over whose content is not known. */
  get mostToSkip(): number {
    if (this.state === 'body') return this.#body.mostToSkip;
    return this.state === 'lost' ? Number.POSITIVE_INFINITY : 0;
  }

  /** So many of the next bytes are data of a body for sure, or of what cannot be read. */
  get dataLeft(): number {
    if (this.state === 'body') return this.#body.dataLeft;
    return this.mostToSkip;
  }

  /** After how many bytes the next message begins; undefined where that is not known. */
  get bytesToNext(): number | undefined {
    if (this.state === 'body') return this.#body.bytesLeft;
    return this.state === 'start' ? 0 : undefined;
  }

  /** Could this many bytes be passed over whose content is not known? */
  canSkip(count: number): boolean {
    return count >= 0 && count <= this.mostToSkip;
  }

  /** Goes on with bytes whose number alone is known. Returns false if their content would have mattered. */
  skip(count: number): boolean {
    if (!this.canSkip(count)) return false;
    if (count === 0 || this.state === 'lost') return true;
    this.messageBytes += count;
    this.#body.skip(count);
    this.#bodyWentOn();
    return true;
  }

  /** Forgets what it was reading; the next byte is a message's first. */
  restart(): void {
    this.state = 'start';
    this.messageBytes = 0;
    this.#forget();
  }

  #step(bytes: Buffer, from: number, to: number): number {
    switch (this.state) {
      case 'start':
        return this.#readStart(bytes, from, to);
      case 'introduction':
        return this.#readIntroduction(this.#introduction ?? new Introduction(), bytes, from, to);
      case 'head':
        return this.#readHead(bytes, from, to);
      case 'body':
        return this.#readBody(bytes, from, to);
      case 'lost':
        return to;
      default:
        return this.state satisfies never;
    }
  }

  #readStart(bytes: Buffer, from: number, to: number): number {
    // An empty line before a message is tolerated (RFC 9112, 2.2) and belongs to none.
    let at = from;
    while (at < to && (bytes[at] === CR || bytes[at] === LF)) at++;
    if (at === to) return to;
    const mayBeIntroduced = this.#events.mayBeIntroduced?.() === true;
    this.state = 'head';
    this.messageBytes = 0;
    this.#events.started(at);
    return mayBeIntroduced ? this.#readIntroduction(new Introduction(), bytes, at, to) : this.#readHead(bytes, at, to);
  }

  #readIntroduction(introduction: Introduction, bytes: Buffer, from: number, to: number): number {
    const stop = introduction.take(bytes, from, to);
    this.#introduction = introduction;
    this.state = 'introduction';
    if (introduction.state === 'none') return this.#readAsHead(introduction.held, bytes, from, to);
    if (introduction.state === 'whole') {
      this.restart();
      this.#events.introduced?.();
    }
    return stop;
  }

  /** A message begins, some bytes of which came in earlier pieces. */
  #readAsHead(earlier: string, bytes: Buffer, from: number, to: number): number {
    this.#introduction = undefined;
    this.state = 'head';
    if (earlier === '') return this.#readHead(bytes, from, to);
    const partial = new PartialHead();
    partial.take(Buffer.from(earlier, 'latin1'));
    this.messageBytes = earlier.length;
    return this.#goOn(partial, bytes, from, to);
  }

  /** Returns where the head ended, or `to` when there is more of it to come. */
  #readHead(bytes: Buffer, from: number, to: number): number {
    if (this.#head !== undefined) return this.#goOn(this.#head, bytes, from, to);
    const head = parseHead(bytes.toString('latin1', from, to));
    if (head === undefined) return this.#goOn(new PartialHead(), bytes, from, to);
    this.messageBytes += head.bytes;
    // What is kept of a request is part of this line: a part of the whole text would keep all of it.
    const firstLine = bytes.toString('latin1', from, from + head.firstLine.length);
    const { contentLength, transferEncoding, bytes: headBytes } = head;
    this.#begin(this.#events.head({ firstLine, contentLength, transferEncoding }));
    return from + headBytes;
  }

  #goOn(partial: PartialHead, bytes: Buffer, from: number, to: number): number {
    const hadFirstLine = partial.firstLine !== undefined;
    const { taken, head } = partial.take(bytes.subarray(from, to));
    this.#head = head === undefined ? partial : undefined;
    this.messageBytes += taken;
    if (!hadFirstLine && partial.firstLine !== undefined && !this.#events.plausible(partial.firstLine)) this.#lose();
    else if (partial.isTooLong) this.#breakOff();
    else if (head !== undefined) this.#begin(this.#events.head(head));
    return from + taken;
  }

  #begin(framing: Framing | undefined): void {
    if (framing === undefined || framing.kind === 'tunnel') {
      this.#lose();
      return;
    }
    this.#body.begin(framing);
    this.state = 'body';
    this.#bodyWentOn();
  }

  #readBody(bytes: Buffer, from: number, to: number): number {
    const stop = this.#body.read(bytes, from, to);
    this.messageBytes += stop - from;
    this.#bodyWentOn();
    return stop;
  }

  #bodyWentOn(): void {
    if (this.#body.state === 'ended') {
      this.state = 'start';
      this.#events.ended();
    } else if (this.#body.state === 'broken') this.#breakOff();
  }

  #breakOff(): void {
    this.#events.lost();
    this.#lose();
  }

  #lose(): void {
    this.state = 'lost';
    this.#forget();
  }

  #forget(): void {
    this.#head = undefined;
    this.#introduction = undefined;
    this.#body.drop();
  }
}
