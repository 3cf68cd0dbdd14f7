import type { ChildProcess, SpawnOptions, StdioOptions } from 'node:child_process';
import { on } from 'node:events';
import type { Readable } from 'node:stream';
import type { LogEntry, Options, ProcessOutput } from 'zx/core';
import type { Host } from '../host.ts';
import { follow } from '../process/following.ts';
import { type Ended, type LineSplitter, outputsOf, readInTurns, unref } from '../process/output.ts';
import type { ProcessTable } from '../process/table.ts';
import { signalEach } from '../process/tree.ts';
import { type CommandOptions, type Listener, type Stream, splitterOf } from '../shell.ts';
import type { Shell } from '../shell-types.ts';
import { isFed, makeStdins, type ZxCommand } from './stdin.ts';

/** A shell for one script: zx, whose output comes as lines and whose processes belong to the run. */
export type ScriptShell = {
  readonly $: Shell;
  /** Does a script's work: there, what a command is piped into (``.pipe`sort` ``) has the same settings as `$`. */
  readonly within: <Result>(work: () => Result) => Result;
  /** The command that a thrown value speaks of, with its exit code or signal; undefined where it is no failed command. */
  readonly failedCommand: (thrown: unknown) => (Ended & { readonly command: string }) | undefined;
  /** Gives the last lines that lack their newline. */
  readonly end: () => void;
  /** The script has ended: what a command of it has left behind, and that still holds its output, does not keep us. */
  readonly leave: () => void;
};

type OnClose = (end: Pick<Ended, 'code' | 'signal'>) => Promise<unknown>;

export type ScriptShellOptions = Omit<CommandOptions, 'signal' | 'cleanup'> & {
  /** Asked at each start, since an undo is not cancelled by what cancelled the task. */
  readonly signal: () => AbortSignal;
  /** Told of each process. What it gives is called at the end, and the script goes on when that has settled. */
  readonly onStart: (child: ChildProcess) => OnClose;
};

/** Makes the zx of one script. zx is loaded here and nowhere else, and its global `$` is never configured. */
export async function makeScriptShell(
  host: Pick<Host, 'kill' | 'pid'>,
  table: ProcessTable,
  options: ScriptShellOptions,
): Promise<ScriptShell> {
  const zx = await import('zx/core');
  const log = makeLog(options);
  const open = new Set<ChildProcess>();
  let isLeft = false;
  const stdins = makeStdins((made) => made instanceof zx.ProcessPromise);
  const output = options.hasTerminal ? 'inherit' : 'pipe';
  const onTerminal: StdioOptions = ['inherit', output, output];
  /** zx calls it on the settings of the command, and looks there afterwards whether a failure is to be thrown. */
  function onEntry(this: { nothrow?: boolean } | undefined, entry: LogEntry): void {
    log.onEntry(entry);
    if (entry.kind === 'end' && options.signal().aborted && this !== undefined) this.nothrow = false;
  }
  function start(this: ZxCommand, file: string, words: readonly string[], spawnOptions: SpawnOptions): ChildProcess {
    if (options.signal().aborted) throw new Error('cancelled');
    const { stdio = 'pipe' } = spawnOptions;
    const isOfOthers = stdio === onTerminal && isFed(this);
    const child = table.spawn(
      [file, ...words],
      {
        ...spawnOptions,
        stdio: isOfOthers ? ['pipe', output, output] : stdio,
        isAwaited: () => !isLeft && open.has(child),
      },
      options.signal(),
    );
    open.add(child);
    child.once('close', () => open.delete(child));
    // It may end before it has read all that it is given.
    child.stdin?.on('error', () => undefined);
    stdins.onStart(this);
    holdClose(child, options.onStart(child));
    if (child.stdout !== null) iterateByEvents(child.stdout);
    readInTurns(child.stdout, options.isBehind);
    readInTurns(child.stderr, options.isBehind);
    return child;
  }
  const settings: Partial<Options> = {
    cwd: options.cwd,
    env: { ...options.env },
    verbose: true,
    nothrow: false,
    detached: false,
    // Otherwise its stdin is zx's, for `input` and pipes.
    ...(options.readsStdin ? { stdio: onTerminal } : {}),
    spawn: start as unknown as typeof import('node:child_process').spawn,
    kill: async (pid, signal = 'SIGTERM') =>
      signalEach(host, follow({ root: Number(pid), own: host.pid }).look(), signal),
    log: onEntry,
  };
  return {
    $: stdins.keepOpen(zx.$(settings)),
    within: (work) =>
      zx.within(() => {
        Object.assign(zx.$, settings);
        return work();
      }),
    failedCommand: (thrown) => (thrown instanceof zx.ProcessOutput ? log.describe(thrown) : undefined),
    end: () => {
      stdins.end();
      log.end();
    },
    leave: () => {
      for (const child of open) if (hasEnded(child)) for (const output of outputsOf(child)) unref(output);
      isLeft = true;
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** zx takes a command's lines (`for await`) from its stream. There, who reads would take them from who reads in turns. */
function iterateByEvents(stream: Readable): void {
  const pieces = async function* (): AsyncGenerator<unknown> {
    if (stream.readableEnded || stream.destroyed) return;
    for await (const [piece] of on(stream, 'data', { close: ['end', 'close'] })) yield piece;
  };
  Object.defineProperty(stream, Symbol.asyncIterator, { value: pieces });
}

/** zx takes a command for ended when it hears `close`. It hears that only when it is known for whom a Ctrl-C was. */
function holdClose(child: ChildProcess, onClose: OnClose): void {
  const emit = child.emit.bind(child);
  child.emit = (name: string, ...args: never[]) => {
    if (name !== 'close') return emit(name, ...args);
    const [code = null, signal = null] = args;
    void onClose({ code, signal }).then(() => emit(name, ...args));
    return true;
  };
}

function makeLog(listener: Pick<Listener, 'onLine' | 'onCommand' | 'cutOf'>) {
  const splitters = new Map<string, LineSplitter>();
  const commands = new Map<string, string>();
  const failed: (Ended & { readonly command: string })[] = [];
  const splitterFor = (id: string, stream: Stream): LineSplitter => {
    const key = `${id} ${stream}`;
    const splitter = splitters.get(key) ?? splitterOf(stream, listener);
    splitters.set(key, splitter);
    return splitter;
  };
  const onEntry = (entry: LogEntry): void => {
    const isShown = entry.verbose === true;
    if (entry.kind === 'cmd') {
      commands.set(entry.id, entry.cmd);
      if (isShown) listener.onCommand(entry.cmd);
    } else if (entry.kind === 'stdout' || entry.kind === 'stderr') {
      if (isShown) splitterFor(entry.id, entry.kind).push(entry.data);
    } else if (entry.kind === 'end') {
      const { exitCode: code, signal, error } = entry;
      // An `AbortError` has a code, too: it started.
      const problem = error !== null && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
      if (code !== 0) failed.push({ command: commands.get(entry.id) ?? '', code, signal, problem });
    }
  };
  return {
    onEntry,
    describe: ({ exitCode: code, signal }: ProcessOutput) => {
      // With both, zx has killed it because what is piped into it has failed with that code: that one is to be told.
      const own = code === null ? signal : null;
      const isTold = (end: Ended): boolean => end.code === code && end.signal === own;
      return failed.findLast(isTold) ?? { command: '', code, signal, problem: undefined };
    },
    end: () => {
      for (const splitter of splitters.values()) splitter.end();
    },
  };
}
