import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import type { CheckSurroundings } from '../checks.ts';
import type { Evidence } from '../events.ts';
import { makeRunner } from '../process/capture.ts';
import type { Probe, Ran, RunOptions } from '../script.ts';
import { makeRedactor } from '../secrets/redact.ts';
import { satisfies } from '../versions.ts';
import type { Scratch } from './scratch.ts';

const excerptLength = 400;
/** So far behind an excerpt no secret reaches back into it. */
const mostCovered = 1 << 16;
const connectTimeoutMs = 1_000;

/** What was asked in this run, by command; what the engine said of itself when it was found is part of it. */
export type Asked = Map<string, Promise<Ran>>;

export type Surroundings = CheckSurroundings & { readonly asked: Asked; readonly signal: AbortSignal };

type Options = Surroundings & {
  readonly scratch: Scratch;
  readonly onEvidence: (evidence: Evidence) => void;
};

/** What one check may look at; every command that it runs becomes evidence. */
export function makeProbe(options: Options): Probe {
  const { host, root, table, engine, signal, onEvidence, scratch, asked } = options;
  const run = makeRunner({ host, table, cwd: root, signal: () => signal });
  const at = (path: string): string => resolve(root, path);
  const redactor = makeRedactor({ env: host.env, root, names: host.ownNames() });
  const cover = (text: string): string => redactor.secrets(host.secrets.mask(text));
  return {
    platform: host.platform,
    env: host.env,
    user: host.user,
    root,
    signal,
    isTerminal: host.stdinIsTerminal,
    scratch: scratch.fill,
    run: async (command, options) => {
      const ran = await run(command, options);
      onEvidence(evidenceOf(ran, cover));
      return ran;
    },
    ask: async (command, options) => {
      const key = keyOf(command, options);
      const asking = asked.get(key) ?? run(command, options);
      asked.set(key, asking);
      const ran = await asking;
      onEvidence(evidenceOf(ran, cover));
      return ran;
    },
    read: (path) => host.readText(at(path)).catch(() => undefined),
    exists: (path) => can(at(path), constants.F_OK),
    writable: (path) => can(at(path), constants.W_OK),
    which: (name) => findOnPath(name, host.env.PATH ?? ''),
    engine: async () => {
      const state = await engine.ask();
      if (state.state === 'silent') return undefined;
      const command = [...state.engine.command, 'info', '--format', 'json'];
      if (!asked.has(keyOf(command))) asked.set(keyOf(command), Promise.resolve(state.engine.info));
      return state.engine;
    },
    freeBytes: (path) =>
      statfs(at(path)).then(
        (disk) => disk.bavail * disk.bsize,
        () => undefined,
      ),
    listens,
    satisfies,
  };
}

function keyOf(command: readonly string[], options?: RunOptions): string {
  return JSON.stringify([command, options?.cwd, options?.env]);
}

/** Of a secret that is cut nobody would know the rest again: it is covered before. */
function evidenceOf({ command, code, tookMs, stdout, stderr }: Ran, cover: (text: string) => string): Evidence {
  const said = [stderr.trim(), stdout.trim()].filter((part) => part !== '').join('\n');
  const text = cover(said.slice(0, mostCovered));
  return { command, code, tookMs, excerpt: text.length > excerptLength ? `${text.slice(0, excerptLength)}…` : text };
}

function can(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder === '' ? '.' : folder, name);
    const isProgram = (await can(candidate, constants.X_OK)) && (await stat(candidate)).isFile();
    if (isProgram) return candidate;
  }
  return undefined;
}

function listens(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (isOpen: boolean): void => {
      socket.destroy();
      settle(isOpen);
    };
    socket.setTimeout(connectTimeoutMs, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
