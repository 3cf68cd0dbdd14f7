import type { Host } from '../host.ts';
import { remedyOfStart } from '../machine-problem.ts';
import type { Ran, RunOptions } from '../script.ts';
import { shellQuote } from '../text/shell/quote.ts';
import { askToEnd } from './cancellation.ts';
import { type Ended, waitForEnd } from './output.ts';
import type { ProcessTable } from './table.ts';

export type Runner = (command: readonly string[], options?: RunOptions) => Promise<Ran>;

type Surroundings = {
  readonly host: Pick<Host, 'env' | 'clockMs'>;
  readonly table: ProcessTable;
  readonly cwd: string;
  /** Asked at each start, since what cancels may change over the life of a run. */
  readonly signal: () => AbortSignal;
  /** Takes what comes on stdout instead of keeping it. */
  readonly onStdout?: (chunk: Buffer) => void;
  /** Called at the end of a command, which is told when that has settled; `signal` is aborted where we have ended it. */
  readonly onEnd?: (ended: Ended, signal: AbortSignal) => Promise<void>;
};

const graceMs = 1_000;
/** More than that of one stream is not kept: a text has an end, and so has the memory. */
const mostBytes = 256 << 20;

/** Makes a function that runs a command to its end and captures it; nothing is thrown for a failed one. */
export function makeRunner({ host, table, cwd, signal, onStdout, onEnd }: Surroundings): Runner {
  return async (command, options = {}) => {
    const startedMs = host.clockMs();
    const timeout = new AbortController();
    const flood = new AbortController();
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => timeout.abort(askToEnd('timed-out', graceMs)), options.timeoutMs);
    const ending = AbortSignal.any([signal(), timeout.signal, flood.signal]);
    const child = table.spawn(
      command,
      { cwd: options.cwd ?? cwd, env: { ...host.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
      ending,
    );
    const onFlood = (): void => flood.abort(askToEnd('no-longer-needed', graceMs));
    const stdout = collect(child.stdout, { onFlood, take: onStdout });
    const stderr = collect(child.stderr, { onFlood });
    const ended = await waitForEnd(child);
    clearTimeout(timer);
    await onEnd?.(ended, ending);
    const isFlooded = flood.signal.aborted;
    const problem = isFlooded ? 'killed' : problemOf(ended, timeout.signal.aborted);
    const notStarted = ended.problem === undefined ? '' : `${command[0]}: ${whyNotStarted(ended.problem)}`;
    return {
      command: command.map(shellQuote).join(' '),
      code: isFlooded || timeout.signal.aborted ? null : ended.code,
      stdout: stdout(),
      stderr: isFlooded
        ? `${command[0]}: ended, since it printed more than ${mostBytes >> 20} MiB`
        : stderr() + notStarted,
      tookMs: Math.round(host.clockMs() - startedMs),
      ...(problem === undefined ? {} : { problem }),
    };
  };
}

function problemOf(ended: Ended, hasTimedOut: boolean): Ran['problem'] {
  if (hasTimedOut) return 'timed-out';
  // Of a program that is missing the system may also say that a folder of PATH is closed.
  if (ended.problem !== undefined) return remedyOfStart(ended.problem) === undefined ? 'not-found' : 'not-started';
  return ended.signal === null ? undefined : 'killed';
}

function whyNotStarted(code: string): string {
  const remedy = remedyOfStart(code);
  return remedy === undefined ? code : `${code}: ${remedy}`;
}

type Collecting = { readonly onFlood: () => void; readonly take?: ((chunk: Buffer) => void) | undefined };

function collect(stream: NodeJS.ReadableStream | null, { onFlood, take }: Collecting): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const keep = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
    else onFlood();
  };
  stream?.on('data', take ?? keep);
  return () => Buffer.concat(chunks).toString();
}
