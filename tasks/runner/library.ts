import { spawn } from 'node:child_process';
import { accessSync, constants as mode, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { execPath, stderr } from 'node:process';
import { text } from 'node:stream/consumers';
import { exitCodes } from './errors.ts';
import type { Line } from './events.ts';
import type { Context, Outcome, Params, ParamsOf } from './script.ts';

/** A scripted task as a file exports it: `export const run = defineTask(async ({ $, params }) => { … })`. */
export type DefinedTask<Own extends ParamsOf<Own>> = (context: Context<Own>) => Promise<Outcome | undefined>;

/**
 * Gives a scripted task its types: `defineTask<{ port: number }>(…)` for a task whose `params` are those. What it returns
 * is what it was given, except that a task without a result need not return anything.
 */
export function defineTask<Own extends ParamsOf<Own> = Params>(
  task: (context: Context<Own>) => Promise<Outcome | undefined | void>,
): DefinedTask<Own> {
  return async (context) => (await task(context)) ?? undefined;
}

export type RunTasksOptions = {
  /** Where the config is looked for, here or above; the process's own folder when absent. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Interrupts the run, which then ends as after Ctrl-C. */
  readonly signal?: AbortSignal;
  /**
   * Called with each event of the run instead of printing. What it throws interrupts the run, and `run` then rejects with it;
   * so does a promise that it gives and that rejects. `run` waits for such promises, the next event does not.
   */
  readonly onEvent?: (event: RunEvent) => unknown;
};

/** One event, as `--output=json` prints it; `type` says what else it has. A later version may have more types. */
export type RunEvent = Line;

export type RunResult = {
  /** As the command line gives it; 0 when all is done or skipped. */
  readonly exit: number;
  /** With `onEvent`, what would have been printed as an error: an unknown task, a wrong config, a `cwd` that is no folder. */
  readonly error?: string;
};

/**
 * Runs tasks as the command line does: `await run(['build', '--jobs=2'])`. They run in a process of their own, so that
 * signals, colours and the environment are theirs. It never throws for a failed task: `exit` says how the run ended.
 */
export async function run(words: readonly string[], options: RunTasksOptions = {}): Promise<RunResult> {
  const { cwd, env, signal, onEvent } = options;
  if (signal?.aborted === true) return { exit: exitOf('SIGINT') };
  // From JavaScript a text can come, whose letters would be the words.
  if (!Array.isArray(words))
    return refuse("error: `run` takes a list of words, such as `run(['build', '--jobs=2'])`", onEvent);
  const mistake = cwd === undefined ? undefined : mistakeIn(cwd);
  if (mistake !== undefined) return refuse(`error: the folder \`${cwd}\`, given as \`cwd\`, ${mistake}`, onEvent);
  const bin = join(import.meta.dirname, '..', 'bin.cjs');
  const output = onEvent === undefined ? 'inherit' : 'pipe';
  const child = spawn(execPath, [bin, ...(onEvent === undefined ? [] : ['--output=json']), ...words], {
    stdio: ['inherit', output, output],
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  });
  const interrupt = (): boolean => child.kill('SIGINT');
  signal?.addEventListener('abort', interrupt);
  const listener = onEvent === undefined ? undefined : untilItThrows(onEvent, interrupt);
  if (listener !== undefined && child.stdout !== null) readEvents(child.stdout, listener.hear);
  const errors = child.stderr === null ? undefined : text(child.stderr);
  try {
    const exit = await new Promise<number>((settle, fail) => {
      child.once('error', fail);
      // It may be interrupted before it can listen for that.
      child.once('close', (code, killedBy) => settle(code ?? exitOf(killedBy ?? 'SIGKILL')));
    });
    await listener?.rethrow();
    const error = (await errors)?.trimEnd() ?? '';
    return error === '' ? { exit } : { exit, error };
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

/** What the system would call a missing program. */
function mistakeIn(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return 'is a file';
    accessSync(folder, mode.X_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    return code === 'ENOENT' ? 'does not exist' : `cannot be entered: ${code}`;
  }
}

/** Tells a mistake as the program would. */
function refuse(error: string, onEvent: RunTasksOptions['onEvent']): RunResult {
  const exit = exitCodes.usage;
  if (onEvent !== undefined) return { exit, error };
  stderr.write(`${error}\n`);
  return { exit };
}

function exitOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function untilItThrows(onEvent: (event: RunEvent) => unknown, interrupt: () => void) {
  let thrown: { readonly error: unknown } | undefined;
  const running = new Set<Promise<void>>();
  const take = (error: unknown): void => {
    if (thrown === undefined) interrupt();
    thrown ??= { error };
  };
  const follow = (given: unknown): void => {
    if (typeof given !== 'object' || given === null || !('then' in given)) return;
    const settled = Promise.resolve(given).then(() => undefined, take);
    running.add(settled);
    void settled.then(() => running.delete(settled));
  };
  return {
    hear: (event: RunEvent): void => {
      if (thrown !== undefined) return;
      try {
        follow(onEvent(event));
      } catch (error) {
        take(error);
      }
    },
    rethrow: async (): Promise<void> => {
      await Promise.all(running);
      if (thrown !== undefined) throw thrown.error;
    },
  };
}

function readEvents(stream: NodeJS.ReadableStream, onEvent: (event: RunEvent) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    // Other lines are of flags such as `--list`, which print a document and run nothing.
    for (const line of lines) if (line.startsWith('{"type":')) onEvent(JSON.parse(line) as RunEvent);
  });
}
