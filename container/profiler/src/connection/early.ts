/** Pieces of responses that came before their request: two threads of a client may overtake each other. */

import { keep, type Piece, sumHeld } from './piece.ts';
import { mayStartResponse } from './starts.ts';

/** So many are kept: more are no answer to a request that is still being sent. */
const MAX_EARLY = 64;

export class Early<Who> {
  #pieces: Piece<Who>[] = [];

  get length(): number {
    return this.#pieces.length;
  }

  get heldBytes(): number {
    return this.#pieces.length === 0 ? 0 : sumHeld(this.#pieces);
  }

  /** When the first of them came; undefined if there is none. */
  get sinceNs(): number | undefined {
    return this.#pieces[0]?.timeNs;
  }

  /** Does a response begin with one of them? */
  get mayAnswer(): boolean {
    return this.#pieces.some(mayStartResponse);
  }

  /** Returns false when there are too many. */
  keep(piece: Piece<Who>): boolean {
    this.#pieces.push(keep(piece));
    return this.#pieces.length <= MAX_EARLY;
  }

  /** Gives those that were read before any byte was sent of a request that begins at `offset`: they answer something else. */
  takeBefore(offset: number): readonly Piece<Who>[] {
    const isBefore = ({ other }: Piece<Who>): boolean => ((offset - other) | 0) >= 0;
    const before = this.#pieces.filter(isBefore);
    if (before.length > 0) this.#pieces = this.#pieces.filter((piece) => !isBefore(piece));
    return before;
  }

  /** The last one says when what came before it was. */
  takeAllButLast(): readonly Piece<Who>[] {
    return this.#pieces.splice(0, this.#pieces.length - 1);
  }

  /** Gives all of them, and has none then. */
  takeOut(): readonly Piece<Who>[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}
