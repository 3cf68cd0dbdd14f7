import { shellQuote } from '../config/template.ts';
import type { Host } from '../host.ts';
import type { Ran, RunOptions } from '../script.ts';
import { waitForEnd } from './output.ts';
import type { Cancellation, ProcessTable } from './table.ts';

export type Runner = (command: readonly string[], options?: RunOptions) => Promise<Ran>;

type Surroundings = {
  readonly host: Pick<Host, 'env' | 'clockMs'>;
  readonly table: ProcessTable;
  readonly cwd: string;
  /** Asked at each start, since what cancels may change over the life of a run. */
  readonly signal: () => AbortSignal;
  /** How what is printed is read; `latin1` keeps each byte apart. */
  readonly encoding?: 'utf8' | 'latin1';
};

const timeoutGraceMs = 1_000;

/** Makes a function that runs a command to its end and captures it; nothing is thrown for a failed one. */
export function makeRunner({ host, table, cwd, signal, encoding = 'utf8' }: Surroundings): Runner {
  return async (command, options = {}) => {
    const startedMs = host.clockMs();
    const timeout = new AbortController();
    const timer =
      options.timeoutMs === undefined ? undefined : setTimeout(() => timeout.abort(timedOut), options.timeoutMs);
    const child = table.spawn(
      command,
      { cwd: options.cwd ?? cwd, env: { ...host.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
      AbortSignal.any([signal(), timeout.signal]),
    );
    const stdout = collect(child.stdout, encoding);
    const stderr = collect(child.stderr, encoding);
    const ended = await waitForEnd(child);
    clearTimeout(timer);
    const problem = problemOf(ended, timeout.signal.aborted);
    return {
      command: command.map(shellQuote).join(' '),
      code: timeout.signal.aborted ? null : ended.code,
      stdout: stdout(),
      stderr: stderr() + (ended.problem === undefined ? '' : `${command[0]}: ${ended.problem}`),
      tookMs: Math.round(host.clockMs() - startedMs),
      ...(problem === undefined ? {} : { problem }),
    };
  };
}

const timedOut: Cancellation = { because: 'timed-out', signal: 'SIGTERM', isDelivered: false, graceMs: timeoutGraceMs };

function problemOf(ended: Awaited<ReturnType<typeof waitForEnd>>, hasTimedOut: boolean): Ran['problem'] {
  if (hasTimedOut) return 'timed-out';
  if (ended.problem !== undefined) return 'not-found';
  return ended.signal === null ? undefined : 'killed';
}

function collect(stream: NodeJS.ReadableStream | null, encoding: BufferEncoding): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString(encoding);
}
