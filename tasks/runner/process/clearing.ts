import type { Host } from '../host.ts';
import { cancellationOf } from './cancellation.ts';
import type { Left } from './ending.ts';
import { holdersOf } from './holders.ts';
import { listProcesses } from './list.ts';
import { makeSweep, type Sweep, type Swept } from './sweep.ts';
import { orphansOnTerminal } from './tree.ts';

/** How much later than of an end we may hear of the Ctrl-C that has caused it. */
const newsMs = 300;
const orphansGraceMs = 600;
const stepMs = 20;
/** After a look there is a rest, which is so many times longer. */
const restPerLook = 4;

/** A process that has ended. `output` is what it wrote to, where that is neither ours nor a file. */
export type Gone = { readonly output: string | undefined; readonly signal: AbortSignal; readonly endedMs: number };

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
  /** On a terminal, what has just ended before anybody cancelled it: it may have died of what we hear of a moment later. */
  let unexplained: readonly Gone[] = [];
  const outputs = new Set<string>();
  let wasCancelled = false;
  const noteCancelled = ({ output }: Gone): void => {
    wasCancelled = true;
    if (output !== undefined) outputs.add(output);
  };
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
  const clear = ({ tree, hasHeard, graceMs }: Swept): void => {
    const sweep = makeSweep(host, { tree, hasHeard, graceMs: isHurried ? 0 : graceMs });
    if (sweep.step(listProcesses())) return;
    sweeps.add(sweep);
    goingOn ??= sweepAll();
  };
  return {
    onEnd: (gone, left) => {
      if (left !== undefined) {
        noteCancelled(gone);
        clear(left);
      } else if (host.stdinIsTerminal) {
        const isRecent = (earlier: Gone): boolean => earlier.signal.aborted || earlier.endedMs + newsMs > gone.endedMs;
        unexplained = [...unexplained.filter(isRecent), gone];
      }
    },
    isGoingOn: () => sweeps.size > 0,
    hurry: () => {
      isHurried = true;
      for (const sweep of sweeps) sweep.hurry();
    },
    close: async () => {
      for (const gone of unexplained) if (hasDiedOfIt(gone)) noteCancelled(gone);
      // There, a shell may die of the signal before we could look at what it has started.
      const tree = { look: () => [...orphansOnTerminal(host.pid), ...holdersOf(outputs)] };
      if (wasCancelled && host.stdinIsTerminal) clear({ tree, hasHeard: () => false, graceMs: orphansGraceMs });
      while (goingOn !== undefined) await goingOn;
    },
  };
}

/** Whether the terminal has sent a signal to a process before its end. We may have heard of that end first. */
export function hasDiedOfIt({ signal, endedMs }: Gone): boolean {
  return signal.aborted && (cancellationOf(signal).deliveredMs ?? Infinity) <= endedMs + newsMs;
}
