/** The real profiler in a guest: an ordinary user with the shipped capabilities and nothing else. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASIDE, HELD, JSON_TRACE, STATUS } from '../../../container/profiler/src/file-names.ts';
import type { Told } from '../../../test/helpers/profiler.ts';

export type Header = { readonly tier: string; readonly why: string; readonly unseen: readonly string[] };

export type Profiler = {
  /** Ends it and returns what it wrote. */
  readonly stop: () => Promise<{
    readonly lines: readonly Told[];
    readonly header: Header | undefined;
    readonly status: Record<string, unknown>;
  }>;
  /** Pauses or resumes it; resolves when it has. */
  readonly toggle: () => Promise<void>;
  /** The trace as it is now. */
  readonly read: () => readonly Told[];
  /** The first line of the trace, once it is there. */
  readonly header: () => Header | undefined;
  /** Resolves when it says that next. */
  readonly says: (words: string) => Promise<void>;
};

const USER = 1000;
const OUT = '/tmp/traces';

/** `more`: a capability besides those of the compose file, as its override for old kernels adds it. */
export async function startProfiler(root: string, more: string): Promise<Profiler> {
  mkdirSync(OUT);
  for (const name of [...HELD, ...ASIDE]) {
    writeFileSync(join(OUT, name), '');
    chownSync(join(OUT, name), USER, USER);
  }
  const capabilities = ['bpf', 'perfmon', ...(more === '' ? [] : [more])].map((name) => `+${name}`).join(',');
  const child = spawn(
    'setpriv',
    [
      ...[`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', '--no-new-privs'],
      ...[
        `--bounding-set=-all,${capabilities}`,
        `--inh-caps=-all,${capabilities}`,
        `--ambient-caps=-all,${capabilities}`,
      ],
      ...['node', join(root, 'profiler.mjs')],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        PROFILER_OUT: OUT,
        PROFILER_ROLE: 'both',
        PROFILER_OBJECT: join(root, 'http_probe.o'),
      },
    },
  );
  child.stderr.pipe(process.stderr);
  await says(child, 'profiler: attached');
  const read = (): readonly Told[] =>
    readFileSync(join(OUT, JSON_TRACE), 'utf8')
      .split('\n')
      // A line that is being written has no end yet.
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Told);
  const header = (): Header | undefined =>
    read().find((line) => line.type === 'header') as unknown as Header | undefined;
  return {
    read,
    header,
    says: (words) => says(child, words),
    toggle: async () => {
      const done = says(child, 'profiler: capture ');
      child.kill('SIGUSR2');
      await done;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      return {
        lines: read(),
        header: header(),
        status: JSON.parse(readFileSync(join(OUT, STATUS), 'utf8')) as Record<string, unknown>,
      };
    },
  };
}

function says(child: ChildProcess, sentence: string): Promise<void> {
  const streams = [child.stdout, child.stderr];
  return new Promise((resolve, reject) => {
    const listen = (data: Buffer): void => {
      if (!data.includes(sentence)) return;
      for (const stream of streams) stream?.off('data', listen);
      child.off('exit', ended);
      resolve();
    };
    const ended = (code: number | null): void =>
      reject(new Error(`the profiler ended with ${code} before it said \`${sentence}\``));
    for (const stream of streams) stream?.on('data', listen);
    child.once('exit', ended);
  });
}
