/** The real profiler on this host, without a container: for tests of the probe. Needs root. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASIDE, HELD, JSON_TRACE, STATUS, TEXT_TRACE } from '../../container/profiler/src/file-names.ts';
import { buildProbe, object, program } from './build-probe.ts';

export type Told = {
  readonly type: string;
  readonly role: string;
  readonly method: string;
  readonly target: string;
  readonly status: number | null;
  readonly end: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly durationMs: number | null;
  readonly timing: Readonly<Record<'requestFirst' | 'requestLast' | 'responseFirst' | 'responseLast', number | null>>;
  readonly link: string;
  readonly time: string;
  readonly pid: number;
  readonly comm: string;
  readonly container: Readonly<Record<'id' | 'name' | 'image' | 'service', string | null>> | null;
  readonly local: string;
  readonly remote: string;
};

export type Profiler = {
  readonly pid: number;
  /** The folder of its traces. */
  readonly out: string;
  readonly lines: () => readonly Told[];
  /** The trace as text. */
  readonly text: () => string;
  readonly status: () => {
    readonly state: string;
    readonly tier: string | null;
    readonly why: string;
    readonly counters: Readonly<Record<string, number>>;
  };
  /** Its exit code, and all that it has said, once it has ended. */
  readonly ended: Promise<Ended>;
  /** Resolves once it has said that. */
  readonly says: (words: string) => Promise<void>;
  /** Ends it and waits: everything that was seen is then written. */
  readonly stop: () => Promise<void>;
};

export type Ended = { readonly code: number | null; readonly said: string };

/** Starts it and waits until its probe is attached. */
export async function startProfiler(env: Readonly<Record<string, string>>): Promise<Profiler & AsyncDisposable> {
  buildProbe();
  const out = mkdtempSync(join(tmpdir(), 'profiler-'));
  for (const name of [...HELD, ...ASIDE]) writeFileSync(join(out, name), '');
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, PROFILER_SCOPE: 'host', PROFILER_OUT: out, PROFILER_OBJECT: object, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = new Promise<Ended>((settle) => child.once('close', (code) => settle({ code, said })));
  const read = (name: string): string => readFileSync(join(out, name), 'utf8');
  const streams = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8'));
  for (const stream of streams)
    stream.on('data', (text: string) => {
      said += text;
    });
  const says = (words: string): Promise<void> =>
    new Promise((settle, fail) => {
      const look = (): void => (said.includes(words) ? settle() : undefined);
      for (const stream of streams) stream.on('data', look);
      look();
      void ended.then(({ code }) => fail(new Error(`the profiler ended with ${code}: ${said}${read(STATUS)}`)));
    });
  await says('profiler: attached').catch((error: unknown) => {
    rmSync(out, { recursive: true });
    throw error;
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    out,
    ended,
    lines: () =>
      read(JSON_TRACE)
        .split('\n')
        // A line that is being written has no end yet.
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Told),
    text: () => read(TEXT_TRACE),
    status: () => parseWhole(() => read(STATUS)),
    says,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(out, { recursive: true });
    },
  };
}

/** It is rewritten in place: who meets half of it reads again. */
function parseWhole(read: () => string) {
  for (let tries = 1; ; tries++) {
    try {
      return JSON.parse(read());
    } catch (error) {
      if (tries === 1_000) throw error;
    }
  }
}
