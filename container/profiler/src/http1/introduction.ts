/**
 * What a proxy says of whom it speaks for, before a connection's first request (the PROXY protocol): a line, or bytes behind two
 * empty lines that say how many they are. It is no part of any message.
 */

const LINE_STARTS = ['PROXY TCP4 ', 'PROXY TCP6 ', 'PROXY UNKNOWN'];
const MAX_LINE_BYTES = 107;
/** Such a line is as well one of a request, whose method nobody has heard of; what it begins with is more likely that. */
const REQUEST_LINE = /^PROXY (?:TCP4|TCP6|UNKNOWN) HTTP\/1\.\d\r\n$/;
/** Version 2 as it goes on behind its empty lines; no message begins so. */
const BINARY_START = '\0\r\nQUIT\n';
/** With the version, the family and the length of the rest. */
const BINARY_HEAD_BYTES = BINARY_START.length + 4;
const LF = 10;

export class Introduction {
  state: 'coming' | 'whole' | 'none' = 'coming';
  /** What has come of it; where it is none, what a message began with in earlier pieces. */
  held = '';
  /** Of version 2: bytes behind its head that are still to come. */
  #left: number | undefined;

  /** What has come, where that is of a line: a request may begin with it as well. */
  get heldLine(): string {
    return this.held.startsWith('P') ? this.held : '';
  }

  /** Goes on with `bytes[from..to)`; returns where it stopped: at `from`, where it is none. */
  take(bytes: Buffer, from: number, to: number): number {
    const { held } = this;
    let at = from;
    while (at < to && this.state === 'coming' && this.#left === undefined) this.#takeByte(bytes[at++] ?? 0);
    if (this.state !== 'none') return this.#pass(at, to);
    this.held = held;
    return from;
  }

  #takeByte(byte: number): void {
    this.held += String.fromCharCode(byte);
    const { held } = this;
    if (BINARY_START.startsWith(held.slice(0, BINARY_START.length))) this.#takeBinary();
    else if (!LINE_STARTS.some((start) => start.startsWith(held.slice(0, start.length)))) this.state = 'none';
    else if (byte === LF && held.endsWith('\r\n')) this.state = REQUEST_LINE.test(held) ? 'none' : 'whole';
    else if (held.length === MAX_LINE_BYTES) this.state = 'none';
  }

  #takeBinary(): void {
    if (this.held.length === BINARY_HEAD_BYTES) this.#left = Buffer.from(this.held.slice(-2), 'latin1').readUInt16BE();
  }

  /** Passes over what is behind the head of version 2, where that has come. */
  #pass(from: number, to: number): number {
    if (this.#left === undefined) return from;
    const passed = Math.min(to - from, this.#left);
    this.#left -= passed;
    if (this.#left === 0) this.state = 'whole';
    return from + passed;
  }
}
