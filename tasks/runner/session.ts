import { setMaxListeners } from 'node:events';
import type { ToolFlags } from './args.ts';
import { type CacheSource, makeCacheSource } from './cache/source.ts';
import { type CheckRunner, makeCheckRunner } from './checks.ts';
import type { Project } from './config/load.ts';
import type { Config } from './config/types.ts';
import { type EngineSource, makeEngineSource } from './engine.ts';
import { type EventQueue, makeEventQueue } from './event-queue.ts';
import { type Event, type Failure, isOwnWord } from './events.ts';
import type { Host, Interrupt } from './host.ts';
import { makeRunner, type Runner } from './process/capture.ts';
import { killedFile } from './process/killed.ts';
import { makeCanceller } from './process/on-abort.ts';
import { makeProcessTable, type ProcessTable } from './process/table.ts';
import type { Check } from './script.ts';
import type { Known } from './service/taken.ts';

/** What lives as long as one run of the program. */
export type Session = {
  readonly host: Host;
  readonly root: string;
  /** Tells this run from all others. */
  readonly run: string;
  readonly config: Config;
  /** What the `dotenv` files of included configs add for their tasks, by namespace. */
  readonly dotenv: Project['dotenv'];
  readonly table: ProcessTable;
  /** Runs a command in the root and captures it. Only the second interrupt ends it. */
  readonly capture: Runner;
  readonly engine: EngineSource;
  readonly checks: CheckRunner;
  readonly cache: CacheSource;
  readonly events: EventQueue;
  readonly emit: (event: Event) => void;
  /** Aborted by the first interrupt, or by a failure with `--fail-fast`; the reason is a `Cancellation`. */
  readonly cancel: AbortController;
  /** Aborted by the second interrupt: then nothing goes on, clean-up neither. */
  readonly stop: AbortController;
  /** What takes back what scripts have started, in the order in which it was registered. */
  readonly undos: Undo[];
  /** The services that a task needs, directly or through others, by its name; none where it is missing. */
  readonly servicesOf: Map<string, readonly string[]>;
  /** Services that are up or are being started. */
  readonly services: Set<Known>;
  readonly state: SessionState;
};

/** The little that changes. */
export type SessionState = {
  interruptedBy: Interrupt | undefined;
  /** Aborted by the first interrupt, also where a failure has aborted `cancel` before, or the task is of an earlier run of a watch. */
  readonly interrupted: AbortController;
  /** Commands of interactive tasks that have the terminal for themselves. */
  readonly loans: Set<TerminalLoan>;
  /** Settles when it is known for whom the last Ctrl-C was. */
  understood: Promise<void> | undefined;
  /** Interrupts the run as a Ctrl-C at that time does. */
  interrupt: (ctrlCMs: number) => void;
  /** What a script has left behind has failed after the script's end. */
  late: Pick<Failure, 'exit' | 'reason'> | undefined;
};

/** When the last Ctrl-C came while a command had the terminal. */
export type TerminalLoan = { ctrlCMs: number | undefined };

/** What the runs of a watch have in common. */
export type Shared = Pick<Session, 'run' | 'table' | 'stop' | 'events' | 'emit' | 'state' | 'undos' | 'services'>;

export type Undo = { readonly task: string; readonly undo: () => Promise<void> };

/** Opens a session; nothing is started yet. */
export function openSession(
  host: Host,
  { root, config, dotenv }: Project,
  flags: Pick<ToolFlags, 'engine'>,
  shared: Shared = makeShared(host, root),
): Session {
  const { table, stop, emit } = shared;
  const cancel = makeCanceller();
  setMaxListeners(0, cancel.signal, stop.signal);
  const capture = makeRunner({ host, table, cwd: root, signal: () => stop.signal });
  const engine = makeEngineSource({ host, root, wanted: flags.engine, run: capture });
  const onSlow = ({ id, question }: Check): void =>
    emit({ type: 'notice-given', text: `${id} takes long: ${question}` });
  return {
    ...shared,
    host,
    root,
    config,
    dotenv,
    capture,
    engine,
    checks: makeCheckRunner({ host, root, config, table, engine, onSlow }),
    cache: makeCacheSource({ host, root, config, emit, signal: cancel.signal }),
    cancel,
    servicesOf: new Map(),
  };
}

function makeShared(host: Host, root: string): Shared {
  const run = `${host.pid}-${Math.round(host.dateMs())}`;
  const events = makeEventQueue();
  const startedMs = host.clockMs();
  return {
    run,
    table: makeProcessTable(host, killedFile(root, run)),
    stop: makeCanceller(),
    events,
    emit: (event) =>
      events.push({ ...host.secrets.maskAll(event, isOwnWord), atMs: inMicroseconds(host.clockMs() - startedMs) }),
    state: {
      interruptedBy: undefined,
      interrupted: makeCanceller(),
      loans: new Set(),
      understood: undefined,
      interrupt: () => undefined,
      late: undefined,
    },
    undos: [],
    services: new Set(),
  };
}

function inMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
