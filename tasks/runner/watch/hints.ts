import type { Host } from '../host.ts';
import { pause } from '../process/pause.ts';

/** What tells, without saying what, that something may have changed. */
export type Hints = {
  readonly give: () => void;
  /** Waits for one, but no longer than so many ms, and then until a burst of them is over; or until the watch is interrupted. */
  readonly next: (withinMs: number | undefined) => Promise<void>;
  /** Waits until a burst of them is over. */
  readonly settle: () => Promise<void>;
};

/** So long after a hint there may be another of the same change. */
export const burstMs = 50;
/** A service may write without end. */
const longestBurstMs = 1_000;

/** Makes it. `end` is aborted when the watch is interrupted. */
export function makeHints(host: Pick<Host, 'sleep' | 'clockMs'>, end: AbortSignal): Hints {
  let isGiven = false;
  let wake: () => void = () => undefined;
  end.addEventListener('abort', () => wake(), { once: true });
  const settle = async (): Promise<void> => {
    const startedMs = host.clockMs();
    do {
      isGiven = false;
      await pause(host, burstMs, end);
    } while (isGiven && !end.aborted && host.clockMs() - startedMs < longestBurstMs);
    isGiven = false;
  };
  const untilWoken = async (withinMs: number | undefined): Promise<void> => {
    const waiting = new AbortController();
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (withinMs !== undefined) void pause(host, withinMs, waiting.signal).then(resolve);
    });
    waiting.abort();
  };
  return {
    give: () => {
      isGiven = true;
      wake();
    },
    next: async (withinMs) => {
      if (!isGiven && !end.aborted) await untilWoken(withinMs);
      await settle();
    },
    settle,
  };
}
