import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Host } from '../host.ts';
import { makeCanary } from './canary.ts';
import { type Gone, hasDiedOfIt, makeClearing } from './clearing.ts';
import { endOnAbort } from './ending.ts';
import { follow } from './following.ts';
import { openMarker } from './marker.ts';
import { noTraces, outputOf, tracesOf } from './traces.ts';
import { killEach } from './tree.ts';
import { startWatcher, type Watcher } from './watcher.ts';

type TableHost = Pick<
  Host,
  | 'spawn'
  | 'kill'
  | 'env'
  | 'stdinIsTerminal'
  | 'stdoutIsTerminal'
  | 'sleep'
  | 'pid'
  | 'clockMs'
  | 'untilSignalsAreHeard'
>;

/** All processes that a run has started and that have not ended. */
export type ProcessTable = {
  /** Starts a process that is signalled, and after the grace killed, with all its descendants, when `signal` is aborted. */
  readonly spawn: (
    command: readonly string[],
    options: SpawnOptions & {
      readonly cleanup?: string | undefined;
      readonly leadsGroup?: boolean | undefined;
      /** Whether, once it has ended, its output is still waited for: what holds that is part of what is cancelled. */
      readonly isAwaited?: () => boolean;
    },
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
  /** Waits until what was cancelled has ended, descendants too. What cannot be ended is not waited for. */
  readonly untilCleared: () => Promise<void>;
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
  const alive = new Map<number, AbortSignal>();
  const asked = new WeakMap<ChildProcess, () => boolean>();
  const canary = makeCanary(host);
  const clearing = makeClearing(host);
  let watcher: Watcher | undefined;
  let marker: number | undefined;

  const watch = (): Watcher => {
    if (watcher !== undefined) return watcher;
    marker = openMarker();
    watcher = startWatcher(host, { marker, killed });
    return watcher;
  };

  const spawn: ProcessTable['spawn'] = (
    command,
    { cleanup, leadsGroup = !host.stdinIsTerminal, isAwaited, ...options },
    signal,
  ) => {
    const watcher = watch();
    if (host.stdinIsTerminal) canary.keep(hasTerminal(options.stdio));
    const child = host.spawn(command, { ...options, ...marked(options.stdio, marker), detached: leadsGroup });
    const { pid } = child;
    if (pid === undefined) return child;
    alive.set(pid, signal);
    const mayLoseTree = host.stdinIsTerminal || isAwaited !== undefined;
    const traces = mayLoseTree ? tracesOf(pid, host.pid, options.env) : noTraces;
    const output = isPiped(options.stdio) ? outputOf(pid) : undefined;
    watcher.started(pid, { output, cleanup });
    const ending = endOnAbort(host, { pid, traces, signal, watcher });
    child.once('exit', () => {
      alive.delete(pid);
      watcher.ended(pid);
      const left = ending.stop();
      const gone: Gone = { traces, signal, endedMs: host.clockMs(), isAwaited: isAwaited ?? never, watcher };
      asked.set(child, () => left?.wasAsked === true || hasDiedOfIt(gone));
      clearing.onEnd(gone, left);
    });
    return child;
  };

  return {
    spawn,
    watch: () => void watch(),
    wasAsked: (child) => asked.get(child)?.() ?? false,
    terminalSentIt: canary.hasHeard,
    terminalHasJustSentIt: canary.isDying,
    isClearing: clearing.isGoingOn,
    untilCleared: async () => {
      const startedMs = host.clockMs();
      const isEnding = (): boolean => clearing.isGoingOn() || [...alive.values()].some(({ aborted }) => aborted);
      while (isEnding() && host.clockMs() - startedMs < patienceMs) await host.sleep(stepMs);
    },
    killAll: () => {
      for (const pid of alive.keys()) killEach(host, follow({ root: pid, own: host.pid }).look());
      clearing.hurry();
    },
    close: async () => {
      canary.close();
      await clearing.close();
      await watcher?.close();
    },
  };
}

const never = (): boolean => false;

const stepMs = 20;
/** Longer than what is asked to end, and then what that leaves behind, may go on. */
const patienceMs = 30_000;

/** Whether a process is given the terminal: Ctrl-C is for it then, and what is sent to us alone for us. */
function hasTerminal(stdio: SpawnOptions['stdio']): boolean {
  return Array.isArray(stdio) && stdio[0] === 'inherit';
}

/** Whether nobody but us reads what a process writes. */
function isPiped(stdio: SpawnOptions['stdio']): boolean {
  return stdio === 'pipe' || (Array.isArray(stdio) && stdio[1] === 'pipe');
}

/** What reads nothing, or a pipe of ours, gets our null device, by which the watcher knows it before it is told. */
function marked(stdio: SpawnOptions['stdio'], marker: number | undefined): Pick<SpawnOptions, 'stdio'> {
  const [input, ...rest] = stdio === 'pipe' ? pipes : Array.isArray(stdio) ? stdio : [];
  if (marker === undefined) return {};
  if (input === 'ignore') return { stdio: [marker, ...rest] };
  return input === 'pipe' && rest.length === 2 ? { stdio: [input, ...rest, marker] } : {};
}

const pipes = ['pipe', 'pipe', 'pipe'] as const;
