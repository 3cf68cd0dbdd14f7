/** This checkout's own tasks, run as a user runs them, and what they leave on the machine. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { allPids, commandOf } from './processes.ts';

export const root = resolve(import.meta.dirname, '../..');

export type Ended = { readonly code: number | null; readonly output: string };
export type Options = { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string };

/** `npx tasks …`, without npx: plain output, no terminal. */
export function tasks(words: readonly string[], { env = {}, cwd = root }: Options = {}): Promise<Ended> {
  return run([process.execPath, join(root, 'tasks/launch.cjs'), ...words], { env, cwd });
}

/** Any command, its output and errors together. */
export function run(command: readonly string[], { env = {}, cwd = root }: Options = {}): Promise<Ended> {
  const [program = '', ...words] = command;
  return new Promise((done, failed) => {
    const child = spawn(program, words, { cwd, env: { ...scrubbed(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (piece: string) => {
        output += piece;
      });
    }
    child.on('error', failed);
    child.on('close', (code) => done({ code, output }));
  });
}

/** The engine with this project's settings, as its tasks call it. */
export function podman(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync('podman', words, {
    env: { ...process.env, ...engineEnv() },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`podman ${words.join(' ')} ended with ${status}: ${stderr}`);
  return stdout.trim();
}

export function engineEnv(): Record<string, string> {
  const settings = join(root, '.tasks/containers.conf');
  return existsSync(settings) ? { CONTAINERS_CONF: settings } : {};
}

/** What a stack leaves behind if it is not taken down: containers, networks, volumes, programs, processes, mounts, files. */
export function leftovers(): Record<string, readonly string[]> {
  const lines = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  return {
    containers: lines(podman('ps', '-a', '--format', '{{.Names}}')),
    networks: lines(podman('network', 'ls', '--format', '{{.Name}}')),
    volumes: lines(podman('volume', 'ls', '--format', '{{.Name}}')),
    programs: lines(spawnSync('bpftool', ['prog', 'show'], { encoding: 'utf8' }).stdout).filter((line) =>
      /\bname hp_/.test(line),
    ),
    processes: allPids()
      .map((pid) => `${pid} ${commandOf(pid)}`)
      .sort()
      .filter((line) => /conmon|aardvark-dns|src\/main\.ts|server\.ts/.test(line)),
    mounts: lines(readFileSync('/proc/self/mounts', 'utf8')).filter((line) =>
      /overlay-containers|\/containers\/storage\/overlay\/[^ ]+\/merged/.test(line),
    ),
    files: lines(
      spawnSync('git', ['status', '--ignored', '--porcelain'], { cwd: root, encoding: 'utf8' }).stdout,
    ).filter((line) => !/ (\.tasks\/|container\/traces\/)/.test(line)),
  };
}

/** The caller's environment without what would change the output. */
function scrubbed(): NodeJS.ProcessEnv {
  const {
    CI,
    GITHUB_ACTIONS,
    FORCE_COLOR,
    NO_COLOR,
    TASKS_PLATFORM,
    TASKS_ENGINE,
    APP_PORT,
    NODE_OPTIONS,
    VITEST,
    ...rest
  } = process.env;
  return { ...rest, NO_COLOR: '1' };
}
