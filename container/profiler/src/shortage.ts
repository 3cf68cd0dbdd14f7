/** Says that lines cannot be written, and that they can be again: once each, however often a nearly full disk takes a few. */

const BEGUN =
  'lines of the traces cannot be written, because the disk is full or a file cannot be opened; `unwritten` in profiler.json counts them';

export class Shortage {
  /** What was lost when the one that goes on began. */
  #before: number | undefined;
  #unwritten = 0;
  #exchanges = 0;
  #swept = 0;

  /** Of counts so far: what there is to say when it begins. */
  look(unwritten: number): string | undefined {
    const hasBegun = this.#before === undefined && unwritten > this.#unwritten;
    if (hasBegun) this.#before = this.#unwritten;
    this.#unwritten = unwritten;
    return hasBegun ? BEGUN : undefined;
  }

  /** Of counts so far: what there is to say when it is over, as all that came since the last call was written. */
  sweep(unwritten: number, exchanges: number): string | undefined {
    const isOver = this.#before !== undefined && unwritten === this.#swept && exchanges > this.#exchanges;
    const lost = unwritten - (this.#before ?? 0);
    if (isOver) this.#before = undefined;
    this.#swept = unwritten;
    this.#exchanges = exchanges;
    return isOver ? `lines of the traces are written again; ${lost} are missing` : undefined;
  }
}
