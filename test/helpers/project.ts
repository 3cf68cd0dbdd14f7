/** A project in a temporary folder, and the real program run in it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { type DrivenCommand, makeDrivenCommand } from './driven.ts';
import { normalise } from './normalise.ts';

const runner = resolve(import.meta.dirname, '../../tasks/runner');

export type Result = { readonly exit: number | null; readonly stdout: string; readonly stderr: string };
export type RunOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** Run as this user, where the test runs as root. */
  readonly user?: number;
};

/** A run that goes on while the test looks at it. */
export type Running = {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when the output so far contains the text, or contains it so many times. */
  readonly says: (text: string, times?: number) => Promise<void>;
  readonly result: Promise<Result>;
};

export type Project = AsyncDisposable & {
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly read: (name: string) => Promise<string>;
  readonly write: (name: string, text: string) => Promise<void>;
  /** Puts a program first on the PATH of every later run. */
  readonly program: (name: string, shellScript: string) => Promise<void>;
  /** A program `name` on the PATH that starts, and ends, when the test says so. */
  readonly driven: (name: string) => Promise<DrivenCommand>;
  readonly run: (words: string, options?: RunOptions) => Promise<Result>;
  readonly start: (words: string, options?: RunOptions) => Running;
  readonly env: (own?: Readonly<Record<string, string>>) => Record<string, string>;
};

/** Makes a project of files (path → text). Everything is removed when it is disposed of. */
export async function createProject(files: Readonly<Record<string, string>>): Promise<Project> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'project-')));
  const path = (name: string) => join(folder, name);
  const write = async (name: string, text: string) => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), text);
  };
  const program = async (name: string, script: string) => {
    await write(`bin/${name}`, `#!/bin/bash\n${script}\n`);
    await chmod(path(`bin/${name}`), 0o755);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  await mkdir(path('bin'), { recursive: true });
  await mkdir(path('home'));
  await mkdir(path('node_modules'), { recursive: true });
  await symlink(runner, path('node_modules/zx-tasks'));
  const driven: DrivenCommand[] = [];
  const started: Running[] = [];
  const env = (own = {}) => ({
    PATH: `${path('bin')}:${process.env.PATH}`,
    HOME: path('home'),
    LANG: 'C.UTF-8',
    ...own,
  });
  const start = (words: string, options: RunOptions = {}) => {
    const running = startIn(folder, words, { ...options, env: env(options.env) });
    started.push(running);
    return running;
  };
  const remove = async (): Promise<void> => {
    for (const command of driven) command.close();
    // Where a test has failed, what it started may still run.
    for (const { child } of started) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  // A test whose time was over waits for ever, and disposes of nothing.
  onTestFinished(remove);
  return {
    folder,
    path,
    write,
    program,
    env,
    start,
    read: (name) => readFile(path(name), 'utf8'),
    run: (words, options) => start(words, options).result,
    driven: async (name) => {
      const command = await makeDrivenCommand(name);
      driven.push(command);
      await program(name, command.script);
      return command;
    },
    [Symbol.asyncDispose]: remove,
  };
}

/** The words of a command line; a space within one is written `\ `. */
export function cli(words: string): readonly string[] {
  const list = words.split(/(?<!\\) /).filter((word) => word !== '');
  return [join(runner, 'bin.cjs'), ...list.map((word) => word.replaceAll('\\ ', ' '))];
}

function startIn(folder: string, words: string, { env, cwd = '.', input, user }: RunOptions): Running {
  const isRoot = process.getuid?.() === 0;
  const identity = user !== undefined && isRoot ? { uid: user, gid: user } : {};
  const options = { cwd: join(folder, cwd), env: { ...env }, stdio: 'pipe', ...identity } as const;
  const child = spawn(process.execPath, [...cli(words)], options).setMaxListeners(0);
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  child.stdin.end(input);
  const result = new Promise<Result>((settle) => {
    child.once('close', (exit) =>
      settle({ exit, stdout: normalise(output.stdout, folder), stderr: normalise(output.stderr, folder) }),
    );
  });
  return {
    child,
    pid: child.pid ?? 0,
    says: (text, times = 1) => untilSaid({ text, times }, output, listeners, child),
    result,
  };
}

function untilSaid(
  { text, times }: { readonly text: string; readonly times: number },
  output: { readonly stdout: string; readonly stderr: string },
  listeners: Set<() => void>,
  child: ChildProcess,
): Promise<void> {
  return new Promise((settle, fail) => {
    const listener = (): void => {
      if (`${output.stdout}${output.stderr}`.split(text).length <= times) return;
      listeners.delete(listener);
      settle();
    };
    listeners.add(listener);
    child.once('close', () =>
      fail(new Error(`it ended without saying \`${text}\`, but said:\n${output.stdout}${output.stderr}`)),
    );
    listener();
  });
}
