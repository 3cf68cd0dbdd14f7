import type { PlannedService } from '../plan.ts';
import type { Session } from '../session.ts';
import { missing, type Surroundings } from './signs.ts';

const pauseMs = 100;
/** One look may take so long, and is then repeated. */
const longestLookMs = 5_000;

type Waiting = Omit<Surroundings, 'lookMs' | 'onConnect'> & {
  readonly host: Pick<Session['host'], 'clockMs' | 'sleep'>;
};

/** Waits until all signs are there; undefined when they are, else what was missing last when the time was over. */
export async function untilReady(
  { signs, withinMs }: Pick<PlannedService, 'signs' | 'withinMs'>,
  around: Waiting,
): Promise<string | undefined> {
  const { host, signal } = around;
  const deadlineMs = host.clockMs() + withinMs;
  for (const sign of signs) {
    let before: string | undefined;
    let hasConnected = false;
    for (;;) {
      const leftMs = Math.max(1, Math.ceil(deadlineMs - host.clockMs()));
      const hadConnected = hasConnected;
      const onConnect = (): void => {
        hasConnected = true;
      };
      const problem = await missing(sign, { ...around, onConnect, lookMs: Math.min(leftMs, longestLookMs) });
      if (problem === undefined) break;
      const isTooLate = host.clockMs() + pauseMs > deadlineMs;
      // A look that the deadline cut short says less than the one before it, unless it got further.
      const saysLess = host.clockMs() >= deadlineMs && hasConnected === hadConnected;
      if (isTooLate || signal.aborted) return saysLess ? (before ?? problem) : problem;
      before = problem;
      await host.sleep(pauseMs);
    }
  }
  return undefined;
}
