/** What a trace has still to say of itself: it stays until it stands in the file, however long the disk is full. */
import type { Format, Header, Loss } from './sink.ts';

export type Untold = {
  readonly header: (header: Header) => void;
  readonly loss: (loss: Loss) => void;
  /** Something that this trace alone has lost. */
  readonly lost: (what: string, count: number) => void;
  /** The file is empty, or another one: the header is due again. */
  readonly begunAnew: () => void;
  /** What is due, before all else. */
  readonly lines: () => readonly string[];
  /** It stands in the file. */
  readonly told: () => void;
};

export function createUntold(format: Format): Untold {
  let header: Header | undefined;
  let isHeaderDue = false;
  /** By kind, because each count is the whole one. */
  const losses = new Map<string, Loss>();
  const counts = new Map<string, number>();
  const loss = (told: Loss): void => {
    losses.set(told.what, told);
  };
  return {
    header: (first) => {
      header = first;
      isHeaderDue = true;
    },
    loss,
    lost: (what, count) => {
      if (count === 0) return;
      const whole = (counts.get(what) ?? 0) + count;
      counts.set(what, whole);
      loss({ what, count: whole, sinceUs: header?.startedUs ?? 0 });
    },
    begunAnew: () => {
      isHeaderDue = true;
    },
    lines: () => [
      ...(isHeaderDue && header !== undefined ? [format.header(header)] : []),
      ...[...losses.values()].map(format.loss),
    ],
    told: () => {
      isHeaderDue = false;
      losses.clear();
    },
  };
}
