import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Host } from '../host.ts';
import { makeCanary } from './canary.ts';
import { cancellationOf } from './cancellation.ts';
import { endOnAbort, type HasHeard, type Left, wasDelivered } from './ending.ts';
import { holdersOf, outputOf } from './holders.ts';
import type { ProcessRow } from './list.ts';
import { type Marker, openMarker } from './marker.ts';
import { orphansOnTerminal, signalEach, signalTree, stillRunning } from './tree.ts';
import { startWatcher, type Watcher } from './watcher.ts';

type TableHost = Pick<
  Host,
  'spawn' | 'kill' | 'env' | 'stdinIsTerminal' | 'sleep' | 'pid' | 'clockMs' | 'untilSignalsAreHeard'
>;

/** All processes that a run has started and that have not ended. */
export type ProcessTable = {
  /** Starts a process that is signalled, and after the grace killed, with all its descendants, when `signal` is aborted. */
  readonly spawn: (
    command: readonly string[],
    options: SpawnOptions & { readonly cleanup?: string; readonly leadsGroup?: boolean },
    signal: AbortSignal,
  ) => ChildProcess;
  /** Has it seen when we are killed. What starts no process, as a script that writes files itself, must ask for it. */
  readonly watch: () => void;
  /** Whether a process was asked to end before it had ended. Known once it is clear for whom the last Ctrl-C was. */
  readonly wasAsked: (child: ChildProcess) => boolean;
  /** Asked after a SIGINT: whether the terminal sent it, and so to all that runs there. */
  readonly terminalSentIt: () => Promise<boolean>;
  /** Whether the terminal has sent one a moment ago: a busy runner may hear of it after what has ended because of it. */
  readonly terminalHasJustSentIt: () => boolean;
  /** Whether something that was cancelled still has descendants that run. */
  readonly isClearing: () => boolean;
  /** Kills everything at once. */
  readonly killAll: () => void;
  /** Waits until what was cancelled is gone, descendants too. What tasks left behind on purpose stays. */
  readonly close: () => Promise<void>;
};

/**
 * Makes the table of a run. A process leads a group of its own only where stdin is not a terminal: on a terminal it could
 * then neither read nor be reached by Ctrl-C. `killed` is written when the runner was killed and all of the run is over.
 */
export function makeProcessTable(host: TableHost, killed: string): ProcessTable {
  const alive = new Set<number>();
  const sweeps = new Set<Promise<void>>();
  /** On a terminal, what has just ended before anybody cancelled it: it may have died of what we hear of a moment later. */
  let unexplained: readonly Ending[] = [];
  const cancelledOutputs = new Set<string>();
  const asked = new WeakMap<ChildProcess, () => boolean>();
  const canary = makeCanary(host);
  let wasCancelled = false;
  const clear = (rows: readonly ProcessRow[], graceMs: number, hasHeard: HasHeard = () => false): void => {
    wasCancelled = true;
    const clearing = sweep(host, { rows, graceMs, hasHeard }).finally(() => sweeps.delete(clearing));
    sweeps.add(clearing);
  };
  let watcher: Watcher | undefined;
  let marker: Marker | undefined;

  const watch = (): Watcher => {
    if (watcher !== undefined) return watcher;
    marker = openMarker();
    watcher = startWatcher(host, { marker, killed });
    return watcher;
  };

  const spawn: ProcessTable['spawn'] = (
    command,
    { cleanup, leadsGroup = !host.stdinIsTerminal, ...options },
    signal,
  ) => {
    const { started, ended } = watch();
    if (host.stdinIsTerminal) canary.keep(hasTerminal(options.stdio));
    const child = host.spawn(command, { ...options, ...marked(options.stdio, marker), detached: leadsGroup });
    const { pid } = child;
    if (pid === undefined) return child;
    alive.add(pid);
    started(pid, cleanup);
    const output = host.stdinIsTerminal ? outputOf(pid) : undefined;
    const ending = endOnAbort(host, pid, signal);
    child.once('exit', () => {
      alive.delete(pid);
      ended(pid);
      const left = ending.stop();
      const endedMs = host.clockMs();
      asked.set(child, () => left?.wasAsked === true || hasDiedOfIt(signal, endedMs));
      if (left === undefined) {
        if (!host.stdinIsTerminal) return;
        const isRecent = (ending: Ending): boolean => ending.signal.aborted || ending.endedMs + patienceMs > endedMs;
        unexplained = [...unexplained.filter(isRecent), { output, signal, endedMs }];
        return;
      }
      if (output !== undefined) cancelledOutputs.add(output);
      clear(left.rows, cancellationOf(signal).graceMs, left.hasHeard);
    });
    return child;
  };

  return {
    spawn,
    watch: () => void watch(),
    wasAsked: (child) => asked.get(child)?.() ?? false,
    terminalSentIt: canary.hasHeard,
    terminalHasJustSentIt: canary.isDying,
    isClearing: () => sweeps.size > 0,
    killAll: () => {
      for (const pid of alive) signalTree(host, pid, 'SIGKILL');
    },
    close: async () => {
      canary.close();
      for (const { output, signal, endedMs } of unexplained) {
        if (!hasDiedOfIt(signal, endedMs)) continue;
        wasCancelled = true;
        if (output !== undefined) cancelledOutputs.add(output);
      }
      // There, a shell may die of the signal before we could look at what it has started.
      if (wasCancelled && host.stdinIsTerminal)
        clear([...orphansOnTerminal(host.pid), ...holdersOf(cancelledOutputs)], patienceMs * 2);
      await Promise.all(sweeps);
      await watcher?.close();
    },
  };
}

type Ending = { readonly output: string | undefined; readonly signal: AbortSignal; readonly endedMs: number };

/** Whether the terminal has sent a signal to a process before its end. We may have heard of that end first. */
function hasDiedOfIt(signal: AbortSignal, endedMs: number): boolean {
  return wasDelivered(signal, endedMs + patienceMs);
}

/** Whether a process is given the terminal: Ctrl-C is for it then, and what is sent to us alone for us. */
function hasTerminal(stdio: SpawnOptions['stdio']): boolean {
  return Array.isArray(stdio) && stdio[0] === 'inherit';
}

/** What reads nothing, or a pipe of ours, gets our null device, by which the watcher knows it before it is told. */
function marked(stdio: SpawnOptions['stdio'], marker: Marker | undefined): Pick<SpawnOptions, 'stdio'> {
  const [input, ...rest] = stdio === 'pipe' ? pipes : Array.isArray(stdio) ? stdio : [];
  if (marker === undefined) return {};
  if (input === 'ignore') return { stdio: [marker.fd, ...rest] };
  return input === 'pipe' && rest.length === 2 ? { stdio: [input, ...rest, marker.fd] } : {};
}

const pipes = ['pipe', 'pipe', 'pipe'] as const;

/** How long the descendants of a cancelled process may go on before they are asked, in case its signal was not for them. */
const patienceMs = 300;
const stepMs = 20;

/** What outlives a process that was cancelled may clean up within the same grace; then it is made to end. */
async function sweep(
  host: TableHost,
  { rows, graceMs, hasHeard }: Pick<Left, 'rows' | 'hasHeard'> & { readonly graceMs: number },
): Promise<void> {
  let left = stillRunning(rows);
  let isAsked = false;
  const startedMs = host.clockMs();
  const waitedMs = (): number => host.clockMs() - startedMs;
  while (left.length > 0 && waitedMs() < graceMs) {
    if (!isAsked && waitedMs() >= patienceMs) {
      isAsked = true;
      signalEach(
        host,
        left.filter((row) => !hasHeard(row)),
        'SIGTERM',
      );
    }
    await host.sleep(stepMs);
    left = stillRunning(left);
  }
  signalEach(host, left, 'SIGKILL');
}
