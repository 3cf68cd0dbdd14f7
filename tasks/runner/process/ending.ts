import { constants } from 'node:os';
import type { Host } from '../host.ts';
import { cancellationOf } from './cancellation.ts';
import { type Followed, type Following, follow } from './following.ts';
import { withoutInner } from './inner.ts';
import { findProcess, handles, type ProcessRow } from './list.ts';
import { onAbort } from './on-abort.ts';
import { holdersOf, leftOnTerminal, type Traces } from './traces.ts';
import { inForeground, killEach, signalEach, wakeEach } from './tree.ts';

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

type EndingHost = Pick<Host, 'kill' | 'pid' | 'clockMs' | 'stdinIsTerminal' | 'untilSignalsAreHeard'>;
type Process = { readonly pid: number; readonly traces: Traces; readonly signal: AbortSignal };
type Telling = Required<Pick<Followed, 'watcher'>>;

/** Signals the tree when cancelled. `stop` says, once the process has ended, what it had under it, if it was cancelled. */
export function endOnAbort(
  host: EndingHost,
  { pid, traces, signal, watcher }: Process & Telling,
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
    const tree = follow({ root: pid, own: host.pid, watcher, ...adoption(host, traces) });
    const members = tree.look();
    const isSent = !isDelivered || isThereMs > deliveredMs;
    if (isSent) signalEach(host, withoutInner(members), name);
    wakeEach(host, members);
    left = { tree, hasHeard: hearing(isSent ? members : inForeground(host.pid, members), name), wasAsked, graceMs };
    timer = setTimeout(() => {
      left = left === undefined ? left : { ...left, graceMs: 0 };
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

/** What a process has left behind that had ended before it was cancelled: on a terminal it may have died of what we hear of later. */
export function leftBehind(
  host: Pick<Host, 'pid' | 'stdinIsTerminal'>,
  { traces, signal, watcher }: Omit<Process, 'pid'> & Telling,
): Left {
  const { signal: name, isDelivered, graceMs } = cancellationOf(signal);
  const tree = follow({ own: host.pid, watcher, ...adoption(host, traces) });
  const heard = isDelivered ? inForeground(host.pid, tree.look()) : [];
  return { tree, hasHeard: hearing(heard, name), wasAsked: false, graceMs };
}

function adoption(
  { pid, stdinIsTerminal }: Pick<Host, 'pid' | 'stdinIsTerminal'>,
  traces: Traces,
): Pick<Followed, 'adopts'> {
  return {
    adopts: (listed) => (stdinIsTerminal ? leftOnTerminal(pid, traces, listed) : holdersOf(pid, traces, listed)),
  };
}

function hearing(rows: readonly ProcessRow[], signal: NodeJS.Signals): Left['hasHeard'] {
  const pids = new Set(rows.map(({ pid }) => pid));
  return ({ pid }) => pids.has(pid) && handles(pid, constants.signals[signal]);
}
