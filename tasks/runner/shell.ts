import type { StdioOptions } from 'node:child_process';
import {
  type CutOf,
  type Ended,
  type LineSplitter,
  makeLineSplitter,
  readInTurns,
  waitForEnd,
} from './process/output.ts';
import type { ProcessTable } from './process/table.ts';

export type Stream = 'stdout' | 'stderr';
export type Listener = {
  readonly onLine: (stream: Stream, line: string, goesOn: boolean) => void;
  readonly cutOf: CutOf;
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
  readonly leadsGroup?: boolean | undefined;
  /** What removes what a kill cannot reach. */
  readonly cleanup?: string | undefined;
};

/** How a command ended, and whether it was asked to before. */
export type CommandEnd = Ended & { readonly wasAsked: () => boolean };

/** Runs one command to its end. */
export async function runCommand(
  table: ProcessTable,
  command: readonly string[],
  options: CommandOptions,
): Promise<CommandEnd> {
  const { cwd, env, cleanup, signal, hasTerminal, readsStdin, leadsGroup } = options;
  const output = hasTerminal ? 'inherit' : 'pipe';
  const stdio: StdioOptions = [readsStdin ? 'inherit' : 'ignore', output, output];
  const child = table.spawn(command, { cwd, env, stdio, leadsGroup, cleanup }, signal);
  const splitters = (['stdout', 'stderr'] as const).map((name) => {
    const splitter = splitterOf(name, options);
    child[name]?.on('data', splitter.push);
    readInTurns(child[name], options.isBehind);
    return splitter;
  });
  const ended = await waitForEnd(child, table.isClearing);
  for (const splitter of splitters) splitter.end();
  return { ...ended, wasAsked: () => table.wasAsked(child) };
}

/** Cuts one stream of a command, or of a script, into the lines that are listened for. */
export function splitterOf(stream: Stream, { onLine, cutOf }: Pick<Listener, 'onLine' | 'cutOf'>): LineSplitter {
  return makeLineSplitter((line, goesOn) => onLine(stream, line, goesOn), cutOf);
}
