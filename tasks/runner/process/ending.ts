import { constants } from 'node:os';
import type { Host } from '../host.ts';
import { cancellationOf } from './cancellation.ts';
import { type Following, follow } from './following.ts';
import { withoutInner } from './inner.ts';
import { findProcess, handles, type ProcessRow } from './list.ts';
import { onAbort } from './on-abort.ts';
import { inForeground, killEach, signalEach } from './tree.ts';

/** What a cancelled process has under it when it ends. */
export type Left = {
  readonly tree: Following;
  /** Whether a process was sent what its task was cancelled with, and has a handler for that: it cleans up, and asking again would hurry it. */
  readonly hasHeard: (row: ProcessRow) => boolean;
  /** False where the process itself had ended already, and only its parent did not know. */
  readonly wasAsked: boolean;
  /** How long it may still clean up. */
  readonly graceMs: number;
};

/** Signals the tree when cancelled. `stop` says, once the process has ended, what it had under it, if it was cancelled. */
export function endOnAbort(
  host: Pick<Host, 'kill' | 'pid' | 'clockMs' | 'stdinIsTerminal' | 'untilSignalsAreHeard'>,
  pid: number,
  signal: AbortSignal,
): { readonly stop: () => Left | undefined } {
  let timer: NodeJS.Timeout | undefined;
  let left: Left | undefined;
  /** What we hear of until then may have been sent before it was there. */
  let isThereMs = Infinity;
  if (host.stdinIsTerminal)
    void host.untilSignalsAreHeard().then(() => {
      isThereMs = host.clockMs();
    });
  const end = (): void => {
    const { signal: name, isDelivered, deliveredMs = Infinity, graceMs } = cancellationOf(signal);
    const wasAsked = findProcess(pid)?.isZombie !== true;
    const tree = follow(pid, host.pid);
    const members = tree.look();
    const isSent = !isDelivered || isThereMs > deliveredMs;
    if (isSent) signalEach(host, withoutInner(members), name);
    const heard = new Set((isSent ? members : inForeground(host.pid, members)).map((row) => row.pid));
    const hasHeard = (row: ProcessRow): boolean => heard.has(row.pid) && handles(row.pid, constants.signals[name]);
    left = { tree, hasHeard, wasAsked, graceMs };
    timer = setTimeout(() => {
      left = { tree, hasHeard, wasAsked, graceMs: 0 };
      killEach(host, tree.look());
    }, graceMs);
  };
  const stopHearing = onAbort(signal, end);
  if (signal.aborted) end();
  return {
    stop: () => {
      stopHearing();
      clearTimeout(timer);
      return left;
    },
  };
}
