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
type Started = { readonly server: Server; readonly place: Place; readonly child: ChildProcess };
export type Run = AsyncDisposable & {
  /** Its own, and that of the one behind it. */
  readonly ports: readonly number[];
  readonly folder: string;
  /** By port: what each server says that it answered. */
  readonly answered: () => Promise<readonly Answered[]>;
};

const START_MS = 60_000;

/** Starts it, and what it passes requests on to; resolves when they listen. */
export async function startServer(server: Server): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'servers-'));
  const chain = [server, ...behind(server)];
  const ports = await Promise.all(chain.map(freePort));
  const started: readonly Started[] = chain.map((each, index) => {
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
    answered: async () => {
      const all: Answered[] = [];
      // In their order: to ask the one behind for its count is a request that only that one gets.
      for (const [index, each] of started.entries()) all.push(await readAnswered(each, started[index + 1] ?? each));
      return all;
    },
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

/** What a server answered, as the log of `writer` lists it: its own, or that of the server which it passes requests on to. */
async function readAnswered({ server, place }: Started, writer: Started): Promise<Answered> {
  const { port } = place;
  const log = await readLines(writer);
  if (server.count === undefined) return { port, log };
  const counted = await server.count(place);
  const all = await readLines(writer);
  if (counted === all.length) return { port, log: all };
  throw new Error(`port ${port}: the server counted ${counted} requests, and ${all.length} were logged`);
}

async function readLines({ server, place }: Started): Promise<readonly string[]> {
  const text = await readWhenStill(place.log);
  return server.readLog?.(text) ?? text.split('\n').filter((line) => line !== '');
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
