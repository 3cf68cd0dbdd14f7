import type { ChildProcess } from 'node:child_process';
import type { LogEntry, ProcessOutput } from 'zx/core';
import type { Host } from './host.ts';
import { type Ended, makeLineSplitter, readInTurns, waitForEnd } from './process/output.ts';
import type { ProcessTable } from './process/table.ts';
import { signalTree } from './process/tree.ts';
import type { Shell } from './shell-types.ts';

export type Stream = 'stdout' | 'stderr';
export type Listener = {
  readonly onLine: (stream: Stream, line: string) => void;
  readonly onCommand: (command: string) => void;
  /** While it says so, nothing more is read. */
  readonly isBehind: () => boolean;
};

export type CommandOptions = Listener & {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** The terminal itself, not through us; otherwise output comes as lines. */
  readonly hasTerminal: boolean;
  /** Whether the command may read our stdin. */
  readonly readsStdin: boolean;
  /** In a process group of its own even on a terminal, which then does not signal it. */
  readonly leadsGroup?: boolean;
  /** What removes what a kill cannot reach. */
  readonly cleanup?: string;
};

/** How a command ended, and whether it was asked to before. */
export type CommandEnd = Ended & { readonly wasAsked: () => boolean };

/** Runs one command to its end. */
export async function runCommand(
  table: ProcessTable,
  command: readonly string[],
  options: CommandOptions,
): Promise<CommandEnd> {
  const { cwd, env, cleanup, signal, hasTerminal, readsStdin, leadsGroup = false } = options;
  const output = hasTerminal ? 'inherit' : 'pipe';
  const child = table.spawn(
    command,
    {
      cwd,
      env,
      stdio: [readsStdin ? 'inherit' : 'ignore', output, output],
      ...(leadsGroup ? { leadsGroup } : {}),
      ...(cleanup === undefined ? {} : { cleanup }),
    },
    signal,
  );
  const splitters = (['stdout', 'stderr'] as const).map((name) => {
    const splitter = makeLineSplitter((line) => options.onLine(name, line));
    child[name]?.on('data', splitter.push);
    readInTurns(child[name], options.isBehind);
    return splitter;
  });
  const ended = await waitForEnd(child, table.isClearing);
  for (const splitter of splitters) splitter.end();
  return { ...ended, wasAsked: () => table.wasAsked(child) };
}

/** A shell for one script: zx, whose output comes as lines and whose processes belong to the run. */
export type ScriptShell = {
  readonly $: Shell;
  /** The command that a thrown value speaks of, with its exit code or signal; undefined where it is no failed command. */
  readonly failedCommand: (thrown: unknown) => (Ended & { readonly command: string }) | undefined;
  /** Gives the last lines that lack their newline. */
  readonly end: () => void;
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
  host: Pick<Host, 'kill'>,
  table: ProcessTable,
  options: ScriptShellOptions,
): Promise<ScriptShell> {
  const zx = await import('zx/core');
  const log = makeLog(options);
  const output = options.hasTerminal ? 'inherit' : 'pipe';
  /** zx calls it on the settings of the command, and looks there afterwards whether a failure is to be thrown. */
  function onEntry(this: { nothrow?: boolean } | undefined, entry: LogEntry): void {
    log.onEntry(entry);
    if (entry.kind === 'end' && options.signal().aborted && this !== undefined) this.nothrow = false;
  }
  const $ = zx.$({
    cwd: options.cwd,
    env: { ...options.env },
    verbose: true,
    nothrow: false,
    detached: false,
    // Otherwise its stdin is zx's, for `input` and pipes.
    ...(options.readsStdin ? { stdio: ['inherit', output, output] as const } : {}),
    spawn: ((file: string, words: readonly string[], spawnOptions: object) => {
      if (options.signal().aborted) throw new Error('cancelled');
      const child = table.spawn([file, ...words], spawnOptions, options.signal());
      holdClose(child, options.onStart(child));
      readInTurns(child.stdout, options.isBehind);
      readInTurns(child.stderr, options.isBehind);
      return child;
    }) as typeof import('node:child_process').spawn,
    kill: async (pid, signal = 'SIGTERM') => signalTree(host, Number(pid), signal),
    log: onEntry,
  });
  return {
    $: $ as Shell,
    failedCommand: (thrown) => (thrown instanceof zx.ProcessOutput ? log.describe(thrown) : undefined),
    end: log.end,
  };
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

function makeLog({ onLine, onCommand }: Pick<Listener, 'onLine' | 'onCommand'>) {
  const splitters = new Map<string, ReturnType<typeof makeLineSplitter>>();
  const commands = new Map<string, string>();
  const failed: (Ended & { readonly command: string })[] = [];
  const splitterOf = (id: string, stream: Stream) => {
    const key = `${id} ${stream}`;
    const splitter = splitters.get(key) ?? makeLineSplitter((line) => onLine(stream, line));
    splitters.set(key, splitter);
    return splitter;
  };
  const onEntry = (entry: LogEntry): void => {
    const isShown = entry.verbose === true;
    if (entry.kind === 'cmd') {
      commands.set(entry.id, entry.cmd);
      if (isShown) onCommand(entry.cmd);
    } else if (entry.kind === 'stdout' || entry.kind === 'stderr') {
      if (isShown) splitterOf(entry.id, entry.kind).push(entry.data);
    } else if (entry.kind === 'end') {
      const { exitCode: code, signal } = entry;
      if (code !== 0) failed.push({ command: commands.get(entry.id) ?? '', code, signal, problem: undefined });
    }
  };
  return {
    onEntry,
    describe: ({ exitCode: code, signal }: ProcessOutput) =>
      failed.findLast((end) => end.code === code && end.signal === signal) ?? {
        command: '',
        code,
        signal,
        problem: undefined,
      },
    end: () => {
      for (const splitter of splitters.values()) splitter.end();
    },
  };
}
