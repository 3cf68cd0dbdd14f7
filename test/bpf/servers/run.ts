/** Starts a server, has it asked, and gives what it says that it answered. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../helpers/port.ts';
import { type Place, type Server, servers } from './table.ts';

export type Answered = { readonly port: number; readonly log: readonly string[] };
export type Run = AsyncDisposable & {
  /** Its own, and that of the one behind it. */
  readonly ports: readonly number[];
  readonly folder: string;
  /** By port: what each server says that it answered, by its log. */
  readonly answered: () => Promise<readonly Answered[]>;
};

const START_MS = 60_000;

/** Starts it, and what it passes requests on to; resolves when they listen. */
export async function startServer(server: Server): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'servers-'));
  const chain = [server, ...behind(server)];
  const ports = await Promise.all(chain.map(freePort));
  const started = chain.map((each, index) => {
    const own = join(folder, String(index));
    mkdirSync(own);
    const place = { folder: own, port: ports[index] ?? 0, next: ports[index + 1] ?? 0, log: join(own, 'log') };
    return { server: each, place, child: start(each, place) };
  });
  const stop = async (): Promise<void> => {
    for (const { child } of started) await end(child);
    rmSync(folder, { recursive: true });
  };
  try {
    for (const { child, place } of started) await untilListens(child, place);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ports,
    folder,
    answered: async () => Promise.all(started.map(({ server: each, place }) => readAnswered(each, place))),
    [Symbol.asyncDispose]: stop,
  };
}

function behind(server: Server): readonly Server[] {
  const next = server.behind === undefined ? undefined : servers[server.behind];
  return next === undefined ? [] : [next, ...behind(next)];
}

function start(server: Server, place: Place): ChildProcess {
  const [file = '', ...args] = server.command(place);
  const log = openSync(place.log, 'a');
  const errors = openSync(join(place.folder, 'errors'), 'a');
  const output = server.logsOutput ? log : errors;
  const child = spawn(file, args, { cwd: place.folder, stdio: ['ignore', output, output] });
  for (const fd of [log, errors]) closeSync(fd);
  return child;
}

async function readAnswered(server: Server, { port, log }: Place): Promise<Answered> {
  const read = server.readLog ?? ((text: string) => text.split('\n').filter((line) => line !== ''));
  const lines = read(await readWhenStill(log));
  if (server.countTarget === undefined) return { port, log: lines };
  const told = await (await fetch(`http://127.0.0.1:${port}${server.countTarget}`)).text();
  const counted = Number(/^\s*\d+ \d+ (\d+)/m.exec(told)?.[1]);
  const all = read(await readWhenStill(log));
  if (counted === all.length) return { port, log: all };
  throw new Error(`port ${port}: the server counted ${counted} requests and logged ${all.length}`);
}

/** A server may write its line after its response. */
async function readWhenStill(path: string): Promise<string> {
  for (let before = ''; ; ) {
    const text = readFileSync(path, 'utf8');
    if (text === before) return text;
    before = text;
    await sleep(500);
  }
}

async function untilListens(child: ChildProcess, { port, folder }: Place): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const until = Date.now() + START_MS; Date.now() < until && failure === undefined && child.exitCode === null; ) {
    if (await listens(port)) return;
    await sleep(50);
  }
  const said = readFileSync(join(folder, 'errors'), 'utf8') + readFileSync(join(folder, 'log'), 'utf8');
  throw new Error(`${child.spawnfile} does not listen on port ${port}: ${failure?.message ?? said}`);
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
