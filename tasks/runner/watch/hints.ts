import type { Host } from '../host.ts';
import { pause } from '../process/pause.ts';

/** What tells, without saying what, that something may have changed. */
export type Hints = {
  readonly give: () => void;
  /** Waits for one, and then until a burst of them is over; or until the watch is interrupted. */
  readonly next: () => Promise<void>;
  /** Waits until a burst of them is over. */
  readonly settle: () => Promise<void>;
  /** Waits until none has come for so long, or for the longest time: a service may write without end. */
  readonly quiet: (ms: number, longestMs: number) => Promise<void>;
};

const burstMs = 50;
const longestBurstMs = 1_000;

/** Makes it. `end` is aborted when the watch is interrupted. */
export function makeHints(host: Pick<Host, 'sleep' | 'clockMs'>, end: AbortSignal): Hints {
  let isGiven = false;
  let wake: () => void = () => undefined;
  end.addEventListener('abort', () => wake(), { once: true });
  const untilQuiet = async (ms: number, longestMs: number): Promise<void> => {
    const startedMs = host.clockMs();
    do {
      isGiven = false;
      await pause(host, ms, end);
    } while (isGiven && !end.aborted && host.clockMs() - startedMs < longestMs);
    isGiven = false;
  };
  return {
    give: () => {
      isGiven = true;
      wake();
    },
    next: async () => {
      if (!isGiven && !end.aborted)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      await untilQuiet(burstMs, longestBurstMs);
    },
    settle: () => untilQuiet(burstMs, longestBurstMs),
    quiet: untilQuiet,
  };
}
