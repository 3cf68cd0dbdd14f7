/** Where exchanges go. A new kind of sink is a file beside this one. */
import type { Exchange } from '../exchange.ts';

/** What a trace begins with: on what it was made, and what it cannot show. */
export type Header = {
  readonly startedUs: number;
  readonly tier: string;
  readonly why: string;
  readonly hooks: readonly string[];
  readonly kernel: string;
  readonly scope: string;
  readonly role: string;
  /** One exchange in so many is written. */
  readonly sample: number;
  /** What this kernel and these hooks do not show. */
  readonly unseen: readonly string[];
};

/** Something that happened and is not in the trace. */
export type Loss = {
  readonly what: string;
  readonly count: number;
  /** Since when, in microseconds since 1970. */
  readonly sinceUs: number;
};

/** An exchange with what the sinks share: its wall-clock start, and a target without secrets. */
export type Told = { readonly exchange: Exchange; readonly timeUs: number; readonly target: string };

/** One line of text, without its end, for each thing that can be told. */
export type Format = {
  readonly header: (header: Header) => string;
  readonly exchange: (told: Told) => string;
  readonly loss: (loss: Loss) => string;
};

export type Sink = {
  readonly header: (header: Header) => void;
  readonly exchange: (told: Told) => void;
  readonly loss: (loss: Loss) => void;
  /** Writes what has been told; returns how many exchanges could not be written, which the trace tells once it can. */
  readonly flush: () => number;
};
