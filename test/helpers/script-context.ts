/** A scripted task run by a test: its commands go to a simulation, its waiting is virtual, and its lines are kept. */
import { type Context, type Outcome, type Ran, TaskFailure } from 'zx-tasks';
import type { Answer } from './simulated-podman.ts';

export type Ended = {
  /** `done`, `skipped: why`, or `failed 4: message | remedy`. */
  readonly end: string;
  readonly lines: readonly string[];
  readonly tookMs: number;
};

type Options = {
  readonly answer: (command: readonly string[], limitMs?: number) => Answer | 'not-found';
  readonly env?: Readonly<Record<string, string>>;
  readonly platform?: 'linux' | 'darwin';
};

/** Runs a script's `run` to its end. */
export async function runScript(
  run: (context: Context) => Promise<Outcome>,
  { answer, env = {}, platform = 'darwin' }: Options,
): Promise<Ended> {
  const lines: string[] = [];
  const startMs = 1_000_000;
  let nowMs = startMs;
  const context: Partial<Context> = {
    params: {},
    platform: { os: platform, arch: 'arm64', pretended: true },
    env,
    log: (line) => lines.push(line),
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    run: async (command, options = {}) => {
      const given = answer(command, options.timeoutMs);
      nowMs += given === 'hangs' ? (options.timeoutMs ?? Number.POSITIVE_INFINITY) : 1;
      return ranOf(command.join(' '), given);
    },
  };
  const end = await run(context as Context).then(
    (outcome) => (outcome === undefined ? 'done' : `skipped: ${outcome.skipped}`),
    (error: unknown) => {
      if (!(error instanceof TaskFailure)) throw error;
      return `failed ${error.exitCode}: ${error.message} | ${error.remedy}`;
    },
  );
  return { end, lines, tookMs: nowMs - startMs };
}

/** What a check or a script sees of a simulated answer. */
export function ranOf(command: string, given: Answer | 'not-found'): Ran {
  if (given === 'not-found')
    return { command, code: null, stdout: '', stderr: 'ENOENT', tookMs: 1, problem: 'not-found' };
  if (given === 'hangs') return { command, code: null, stdout: '', stderr: '', tookMs: 5_000, problem: 'timed-out' };
  return { command, tookMs: 1, ...given };
}
