import type { Host } from '../host.ts';
import { cancellationOf } from './cancellation.ts';
import { type Left, leftBehind } from './ending.ts';
import { listProcesses } from './list.ts';
import { onAbort } from './on-abort.ts';
import { makeSweep, type Sweep } from './sweep.ts';
import type { Traces } from './traces.ts';
import type { Watcher } from './watcher.ts';

/** How much later than of an end we may hear of the Ctrl-C that has caused it. */
const newsMs = 300;
const stepMs = 20;
/** After a look there is a rest, which is so many times longer. */
const restPerLook = 4;

/** A process that has ended. */
export type Gone = {
  readonly traces: Traces;
  readonly signal: AbortSignal;
  readonly endedMs: number;
  /** Whether somebody still waits for what holds its output. */
  readonly isAwaited: () => boolean;
  readonly watcher: Pick<Watcher, 'started' | 'ended'>;
};

/** Ends what processes that were cancelled have left behind. */
export type Clearing = {
  /** Told of each end, and of what a process had under it that was cancelled. */
  readonly onEnd: (gone: Gone, left: Left | undefined) => void;
  readonly isGoingOn: () => boolean;
  /** Gives no more time to anything. */
  readonly hurry: () => void;
  /** Waits until all is gone. */
  readonly close: () => Promise<void>;
};

type ClearingHost = Pick<Host, 'kill' | 'stdinIsTerminal' | 'sleep' | 'pid' | 'clockMs'>;

/** Makes it for one run. */
export function makeClearing(host: ClearingHost): Clearing {
  const sweeps = new Set<Sweep>();
  let goingOn: Promise<void> | undefined;
  let isHurried = false;
  /** What has ended before anybody cancelled it, and how we stop to hear of that. */
  const uncancelled = new Map<Gone, () => void>();
  /** One look is for all of them. */
  const sweepAll = async (): Promise<void> => {
    for (let restMs = stepMs; sweeps.size > 0; ) {
      await host.sleep(restMs);
      const startedMs = host.clockMs();
      const listed = listProcesses();
      for (const sweep of sweeps) if (sweep.step(listed)) sweeps.delete(sweep);
      restMs = Math.max(stepMs, (host.clockMs() - startedMs) * restPerLook);
    }
    goingOn = undefined;
  };
  const clear = (left: Left): void => {
    const sweep = makeSweep(host, isHurried ? { ...left, graceMs: 0 } : left);
    if (sweep.step(listProcesses())) return;
    sweeps.add(sweep);
    goingOn ??= sweepAll();
  };
  const awaitNews = (gone: Gone): void => {
    for (const [earlier, forget] of uncancelled) {
      const isOver = earlier.endedMs + newsMs < gone.endedMs && !earlier.isAwaited();
      if (!isOver) continue;
      forget();
      uncancelled.delete(earlier);
    }
    const onCancel = (): void => {
      if (hasDiedOfIt(gone) || gone.isAwaited()) clear(leftBehind(host, gone));
    };
    uncancelled.set(gone, onAbort(gone.signal, onCancel));
  };
  return {
    onEnd: (gone, left) => {
      if (left !== undefined) clear(left);
      else if (host.stdinIsTerminal || gone.isAwaited()) awaitNews(gone);
    },
    isGoingOn: () => sweeps.size > 0,
    hurry: () => {
      isHurried = true;
      for (const sweep of sweeps) sweep.hurry();
    },
    close: async () => {
      for (const forget of uncancelled.values()) forget();
      while (goingOn !== undefined) await goingOn;
    },
  };
}

/** Whether the terminal has sent a signal to a process before its end. We may have heard of that end first. */
export function hasDiedOfIt({ signal, endedMs }: Pick<Gone, 'signal' | 'endedMs'>): boolean {
  return signal.aborted && (cancellationOf(signal).deliveredMs ?? Infinity) <= endedMs + newsMs;
}
