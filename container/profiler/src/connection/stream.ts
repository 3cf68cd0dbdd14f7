/**
 * Pieces of one direction, put in order by their offsets. What comes twice is dropped, what comes early waits, and
 * what is missing is passed over where it can only be body.
 */
import type { Reader } from '../http1/reader.ts';
import { keep, type Piece, partFrom, sumHeld } from './piece.ts';
import type { Place } from './place.ts';
import { startsMessage } from './starts.ts';

/** More pieces than this do not wait: what is missing before them is gone. */
const MAX_WAITING = 64;

export type StreamEvents<Who> = {
  /** Bytes are missing that would have mattered. */
  readonly lost: () => void;
  /** What is missing will not come any more. */
  readonly tooManyWait: () => void;
  /** What was missing before a piece that waited is there: true if it is not its turn yet, and it is kept elsewhere. */
  readonly isEarly?: (piece: Piece<Who>) => boolean;
};

export class Stream<Who> {
  /** The piece that the reader is being given, or was given last. */
  present: Piece<Who> | undefined;
  readonly reader: Reader;
  readonly #events: StreamEvents<Who>;
  /** Where the next byte lies; undefined where that may be anywhere. */
  #next: number | undefined;
  #waiting: Piece<Who>[] = [];
  #isFresh: boolean;

  /** Goes on where one stood between two messages. */
  constructor(reader: Reader, events: StreamEvents<Who>, { next, isFresh }: Place) {
    this.reader = reader;
    this.#events = events;
    this.#next = next;
    this.#isFresh = isFresh;
  }

  take(piece: Piece<Who>): void {
    if (!this.#tryToTake(piece)) this.#waiting.push(keep(piece));
    else if (this.#waiting.length > 0) this.#takeWaiting();
    if (this.#waiting.length > MAX_WAITING) this.#events.tooManyWait();
  }

  /** Something came, and what is before it has not. */
  get hasGap(): boolean {
    return this.#waiting.length > 0;
  }

  /** It stands between two messages. */
  get isBetween(): boolean {
    return !this.hasGap && this.reader.state === 'start';
  }

  /** About how much memory what has come in part takes. */
  get heldBytes(): number {
    return this.reader.heldBytes + (this.#waiting.length === 0 ? 0 : sumHeld(this.#waiting));
  }

  /** The time of the oldest piece that waits for what is missing before it; undefined if none does. */
  waitsSince(): number | undefined {
    return this.#waiting[0]?.timeNs;
  }

  get place(): Place {
    return { next: this.#next, isFresh: this.#isFresh };
  }

  /** Nothing has been taken since the beginning or since it was begun anew. */
  isFresh(): boolean {
    return this.#isFresh;
  }

  /** Nothing is missing before the piece, as far as that is known. */
  mayGoOnWith(piece: Piece<Who>): boolean {
    return this.#next === undefined || this.isContinuedBy(piece);
  }

  /** Nothing is missing before the piece. */
  isContinuedBy(piece: Piece<Who>): boolean {
    return this.endsAt(piece.offset);
  }

  /** Nothing has come from `offset` on, and nothing is missing before it. */
  endsAt(offset: number): boolean {
    return this.#next === (offset | 0) && this.#waiting.length === 0;
  }

  /** All of the piece has come before, or was passed over. */
  isBeyond(piece: Piece<Who>): boolean {
    return this.#next !== undefined && this.#missingBefore(piece, this.#next) + piece.length <= 0;
  }

  /** Bytes are missing between what came and the piece. */
  isBehindGap(piece: Piece<Who>): boolean {
    return this.#next !== undefined && this.#missingBefore(piece, this.#next) > 0;
  }

  /** A piece that is not read: what comes next is expected behind it. */
  passOver(piece: Pick<Piece<Who>, 'offset' | 'length'>): void {
    const end = (piece.offset + piece.length) | 0;
    if (this.#next === undefined || ((end - this.#next) | 0) > 0) this.#next = end;
  }

  /** Gives up what waits, in no order. */
  takeOut(): readonly Piece<Who>[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  /** Nothing has come before `offset`, as far as is known. */
  expectAt(offset: number): void {
    this.#next ??= offset | 0;
  }

  /** Something has not come from `offset` on, whatever was expected. */
  expectNoLaterThan(offset: number): void {
    if (this.#next !== undefined && ((offset - this.#next) | 0) < 0) this.#next = offset | 0;
  }

  /** Forgets what waits; the next piece may begin anywhere. */
  restart(): void {
    this.#next = undefined;
    this.#waiting = [];
    this.#isFresh = true;
    this.reader.restart();
  }

  /** A message begins behind what has come so far, whatever that was. */
  beginAnew(): void {
    for (const piece of this.takeOut()) this.passOver(piece);
    this.#isFresh = true;
    this.reader.restart();
  }

  /** Returns false if the piece has to wait. */
  #tryToTake(piece: Piece<Who>): boolean {
    const missing = this.#next === undefined ? 0 : this.#missingBefore(piece, this.#next);
    if (missing > 0 && !this.reader.canSkip(missing)) return false;
    if (missing < 0) this.#deliverRest(piece, -missing);
    else this.#deliver(piece, missing);
    return true;
  }

  /**
   * Offsets begin anew at 2^32, and of a large body more may be missing: what seems to begin a message, or can be no part of
   * the body, stands at its end if that is where its offset may be.
   */
  #missingBefore(piece: Piece<Who>, next: number): number {
    const missing = (piece.offset - next) | 0;
    const mayMissMuch = this.reader.state === 'body' && !this.reader.isUntilClose;
    if (!mayMissMuch || (missing === 0 && piece.framed === undefined)) return missing;
    const whole = this.reader.mostToSkip;
    if ((whole | 0) !== missing) return missing;
    return !this.reader.canSkip(missing) || startsMessage(piece) ? whole : missing;
  }

  #deliver(piece: Piece<Who>, missing: number): void {
    this.#next = (piece.offset + piece.length) | 0;
    this.#isFresh = false;
    if (missing > 0) {
      // What ends there ended when nobody looked.
      this.present = undefined;
      this.reader.skip(missing);
    }
    this.present = piece;
    if (!this.#read(piece)) this.#events.lost();
  }

  /** Returns false if what was not copied would have mattered. */
  #read(piece: Piece<Who>): boolean {
    const { bytes, from, cap, framed, length } = piece;
    if (framed === undefined) {
      this.reader.feed(bytes, from, from + cap);
      return this.reader.skip(length - cap);
    }
    return this.reader.begin(bytes, from, from + cap, framed) && this.reader.skip(length - framed.headBytes);
  }

  /** The first `known` bytes of the piece have come before. */
  #deliverRest(piece: Piece<Who>, known: number): void {
    if (known >= piece.length) return;
    if (piece.framed !== undefined) this.#events.lost();
    else this.#deliver(partFrom(piece, known), 0);
  }

  #takeWaiting(): void {
    let count = 0;
    while (count !== this.#waiting.length) {
      count = this.#waiting.length;
      for (const piece of this.takeOut()) {
        const isEarly = this.#next === (piece.offset | 0) && this.#events.isEarly?.(piece) === true;
        if (!isEarly && !this.#tryToTake(piece)) this.#waiting.push(piece);
      }
    }
  }
}
