/** A part of one direction's stream, as one record of the kernel tells it. */
import type { Framed } from '../http1/head.ts';

/**
 * What became of the bytes before a piece. `resumed`: exchanges were left out, and a request begins here.
 * `count-only`: responses are left out from here on.
 */
export type Gap = 'none' | 'resumed' | 'count-only';

export type Piece<Who> = {
  /** Modulo 2^32. */
  readonly offset: number;
  readonly length: number;
  /** The first `cap` bytes are `bytes[from..from + cap)`; of the others only the number is known. */
  readonly cap: number;
  readonly bytes: Buffer;
  readonly from: number;
  /** The piece begins with a message's head, of which only the first line was copied. */
  readonly framed: Framed | undefined;
  readonly gap: Gap;
  /**
   * Over TCP. Of a response to a client: where its requests' stream stood when it was read. Of the first request that is
   * seen: where the stream of its responses stood; 0 of others.
   */
  readonly other: number;
  readonly timeNs: number;
  readonly who: Who;
};

/** What a kept piece takes besides its bytes: itself and its buffer. */
const KEPT_PIECE_BYTES = 512;

/** Where in its direction's stream a byte of a piece lies, modulo 2^32. */
export function offsetAt(piece: Piece<unknown>, at: number): number {
  return (piece.offset + at - piece.from) >>> 0;
}

/** What of a piece lies behind its first bytes. */
export function partFrom<Who>(piece: Piece<Who>, first: number): Piece<Who> {
  const known = Math.min(first, piece.cap);
  const rest = { offset: (piece.offset + first) | 0, length: piece.length - first };
  return { ...piece, ...rest, cap: piece.cap - known, from: piece.from + known };
}

/** A piece that outlives its record. */
export function keep<Who>(piece: Piece<Who>): Piece<Who> {
  return { ...piece, bytes: Buffer.from(piece.bytes.subarray(piece.from, piece.from + piece.cap)), from: 0 };
}

/** About how much memory pieces take that are kept. */
export function sumHeld(pieces: readonly Piece<unknown>[]): number {
  return pieces.reduce((sum, { cap }) => sum + cap + KEPT_PIECE_BYTES, 0);
}
