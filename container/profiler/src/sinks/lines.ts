/** Lines that wait to be written, as bytes: texts that wait are copied with the young objects, and then stay among the old ones for long. */
import { LINE_FEED } from './trace-file.ts';

const FIRST_BYTES = 1 << 16;

export class Lines {
  /** With their ends. */
  bytes = 0;
  count = 0;
  #held = Buffer.alloc(FIRST_BYTES);

  /** Each character is a byte. */
  add(line: string): void {
    const end = this.bytes + line.length + 1;
    if (end > this.#held.length) this.#held = Buffer.concat([this.#held.subarray(0, this.bytes)], 2 * end);
    this.#held.write(line, this.bytes, 'latin1');
    this.#held[end - 1] = LINE_FEED;
    this.bytes = end;
    this.count++;
  }

  /** All of them behind others that come first; valid until the next one is added. */
  behind(first: readonly string[]): Buffer {
    const held = this.#held.subarray(0, this.bytes);
    if (first.length === 0) return held;
    return Buffer.concat([...first.map((line) => Buffer.from(`${line}\n`, 'latin1')), held]);
  }

  clear(): void {
    this.bytes = 0;
    this.count = 0;
  }
}
