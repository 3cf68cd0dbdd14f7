import { constants } from 'node:os';
import type { Host } from '../host.ts';
import { cancellationOf } from './cancellation.ts';
import { withoutInner } from './inner.ts';
import { findProcess, handles, type ProcessRow } from './list.ts';
import { onAbort } from './on-abort.ts';
import { inForeground, signalEach, signalTree, treeOf } from './tree.ts';

/** What a cancelled process had under it when it ended. */
export type Left = {
  readonly rows: readonly ProcessRow[];
  /** Whether a process was sent what its task was cancelled with, and has a handler for that: it cleans up, and asking again would hurry it. */
  readonly hasHeard: (row: ProcessRow) => boolean;
  /** False where the process itself had ended already, and only its parent did not know. */
  readonly wasAsked: boolean;
};

/** Signals the tree when cancelled. `stop` says, once the process has ended, what it had under it, if it was cancelled. */
export function endOnAbort(
  host: Pick<Host, 'kill' | 'pid' | 'clockMs' | 'stdinIsTerminal' | 'untilSignalsAreHeard'>,
  pid: number,
  signal: AbortSignal,
): { readonly stop: () => Left | undefined } {
  let timer: NodeJS.Timeout | undefined;
  let members: readonly ProcessRow[] | undefined;
  let heard: readonly ProcessRow[] = [];
  let wasAsked = false;
  /** What we hear of until then may have been sent before it was there. */
  let isThereMs = Infinity;
  if (host.stdinIsTerminal)
    void host.untilSignalsAreHeard().then(() => {
      isThereMs = host.clockMs();
    });
  const end = (): void => {
    const { signal: name, isDelivered, deliveredMs = Infinity, graceMs } = cancellationOf(signal);
    wasAsked = findProcess(pid)?.isZombie !== true;
    members = treeOf(pid);
    const isSent = !isDelivered || isThereMs > deliveredMs;
    if (isSent) signalEach(host, withoutInner(members), name);
    heard = isSent ? members : inForeground(host.pid, members);
    timer = setTimeout(() => signalTree(host, pid, 'SIGKILL'), graceMs);
  };
  const stopHearing = onAbort(signal, end);
  if (signal.aborted) end();
  return {
    stop: () => {
      stopHearing();
      clearTimeout(timer);
      if (members === undefined) return undefined;
      const pids = new Set(heard.map((row) => row.pid));
      const number = constants.signals[cancellationOf(signal).signal];
      return {
        rows: [...members, ...treeOf(pid)],
        hasHeard: (row) => pids.has(row.pid) && handles(row.pid, number),
        wasAsked,
      };
    },
  };
}
