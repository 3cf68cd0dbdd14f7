import type { Host } from '../host.ts';
import { cancellationOf } from './cancellation.ts';
import type { Left } from './ending.ts';
import { holdersOf } from './holders.ts';
import { orphansOnTerminal, signalEach, stillRunning } from './tree.ts';

/** How long the descendants of a cancelled process may go on before they are asked, in case its signal was not for them. */
const patienceMs = 300;
const stepMs = 20;

/** A process that has ended. `output` is what it wrote to, where that is neither ours nor a file. */
export type Gone = { readonly output: string | undefined; readonly signal: AbortSignal; readonly endedMs: number };

/** Ends what processes that were cancelled have left behind. */
export type Clearing = {
  /** Told of each end, and of what a process had under it that was cancelled. */
  readonly onEnd: (gone: Gone, left: Left | undefined) => void;
  readonly isGoingOn: () => boolean;
  /** Waits until all is gone. */
  readonly close: () => Promise<void>;
};

type ClearingHost = Pick<Host, 'kill' | 'stdinIsTerminal' | 'sleep' | 'pid' | 'clockMs'>;

/** Makes it for one run. */
export function makeClearing(host: ClearingHost): Clearing {
  const sweeps = new Set<Promise<void>>();
  /** On a terminal, what has just ended before anybody cancelled it: it may have died of what we hear of a moment later. */
  let unexplained: readonly Gone[] = [];
  const outputs = new Set<string>();
  let wasCancelled = false;
  const noteCancelled = ({ output }: Gone): void => {
    wasCancelled = true;
    if (output !== undefined) outputs.add(output);
  };
  const clear = (left: Pick<Left, 'rows' | 'hasHeard'>, graceMs: number): void => {
    const clearing = sweep(host, left, graceMs).finally(() => sweeps.delete(clearing));
    sweeps.add(clearing);
  };
  return {
    onEnd: (gone, left) => {
      if (left !== undefined) {
        noteCancelled(gone);
        clear(left, cancellationOf(gone.signal).graceMs);
      } else if (host.stdinIsTerminal) {
        const isRecent = (earlier: Gone): boolean =>
          earlier.signal.aborted || earlier.endedMs + patienceMs > gone.endedMs;
        unexplained = [...unexplained.filter(isRecent), gone];
      }
    },
    isGoingOn: () => sweeps.size > 0,
    close: async () => {
      for (const gone of unexplained) if (hasDiedOfIt(gone)) noteCancelled(gone);
      // There, a shell may die of the signal before we could look at what it has started.
      if (wasCancelled && host.stdinIsTerminal)
        clear({ rows: [...orphansOnTerminal(host.pid), ...holdersOf(outputs)], hasHeard: () => false }, patienceMs * 2);
      await Promise.all(sweeps);
    },
  };
}

/** Whether the terminal has sent a signal to a process before its end. We may have heard of that end first. */
export function hasDiedOfIt({ signal, endedMs }: Gone): boolean {
  return signal.aborted && (cancellationOf(signal).deliveredMs ?? Infinity) <= endedMs + patienceMs;
}

/** What outlives a process that was cancelled may clean up within the same grace; then it is made to end. */
async function sweep(
  host: Pick<Host, 'kill' | 'sleep' | 'clockMs'>,
  { rows, hasHeard }: Pick<Left, 'rows' | 'hasHeard'>,
  graceMs: number,
): Promise<void> {
  let left = stillRunning(rows);
  let isAsked = false;
  const startedMs = host.clockMs();
  const waitedMs = (): number => host.clockMs() - startedMs;
  while (left.length > 0 && waitedMs() < graceMs) {
    if (!isAsked && waitedMs() >= patienceMs) {
      isAsked = true;
      const unheard = left.filter((row) => !hasHeard(row));
      signalEach(host, unheard, 'SIGTERM');
    }
    await host.sleep(stepMs);
    left = stillRunning(left);
  }
  signalEach(host, left, 'SIGKILL');
}
