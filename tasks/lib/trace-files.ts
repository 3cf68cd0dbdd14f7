/** The files in container/traces. All are made by the caller, before the profiler starts, so that they stay the caller's. */
import { constants, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Engine } from 'zx-tasks';
import { ASIDE, CONTAINERS, HELD } from '../../container/profiler/src/file-names.ts';
import { findNames } from './containers.ts';
import { namesIn } from './read.ts';
import { tracesFolder } from './stack.ts';

/** Everything that may lie in the folder and is ours to remove. */
export const allFiles: readonly string[] = [...HELD, ...ASIDE, CONTAINERS];

type Caller = Pick<Context, 'root' | 'platform' | 'user'>;

/**
 * As whom the profiler writes: the owner of the traces, so that the files stay the user's. Docker gives a user who is
 * not root none of the added capabilities, and a machine's shared folder maps owners itself; there it is root.
 */
export async function traceOwner(
  { root, platform }: Pick<Caller, 'root' | 'platform'>,
  engine: Pick<Engine, 'name'>,
): Promise<{ readonly uid: number; readonly gid: number }> {
  const ownersCross = engine.name === 'podman' && platform.os === 'linux';
  return ownersCross ? await stat(join(root, tracesFolder)) : { uid: 0, gid: 0 };
}

/** Makes every file that the profiler writes, empty and writable for whoever it runs as. */
export async function emptyTraces(caller: Caller, engine: Pick<Engine, 'name'>): Promise<void> {
  const folder = join(caller.root, tracesFolder);
  await mkdir(folder, { recursive: true });
  const how = await howFor(caller, engine);
  for (const name of [...HELD, ...ASIDE]) await makeFile(join(folder, name), { ...how, flags: constants.O_TRUNC });
}

/** For everybody to write only where the profiler is somebody else. */
async function howFor(caller: Caller, engine: Pick<Engine, 'name'>): Promise<Pick<How, 'mode' | 'uid'>> {
  const { uid } = await traceOwner(caller, engine);
  return caller.platform.os === 'linux' && uid === caller.user?.uid ? { mode: 0o644, uid } : { mode: 0o666 };
}

/** What a profiler that runs holds open and somebody has removed: what it writes there goes nowhere. */
export async function findGone(root: string): Promise<readonly string[]> {
  return missingOf(root, HELD);
}

/** Makes those that were removed and are opened by name: a trace that is full could not be set aside. */
export async function makeSetAside(caller: Caller, engine: Pick<Engine, 'name'>): Promise<void> {
  const { root } = caller;
  const how = await howFor(caller, engine);
  for (const name of await missingOf(root, ASIDE)) await makeFile(join(root, tracesFolder, name), { ...how, flags: 0 });
}

async function missingOf(root: string, names: readonly string[]): Promise<readonly string[]> {
  const there = await namesIn(join(root, tracesFolder));
  return names.filter((name) => !there.includes(name));
}

/**
 * One that is somebody else's, since a run as root, gives way: the folder is the caller's. So do a link, a pipe and a folder: the
 * container may make any of them here, what a link leads to on the host is none of its business, and a pipe would never be opened.
 */
async function makeFile(path: string, how: How): Promise<void> {
  await makeOpen(path, how).catch(async (error: NodeJS.ErrnoException) => {
    if (!['EPERM', 'EACCES', 'ELOOP', 'ENXIO', 'EISDIR'].includes(error.code ?? '')) throw error;
    await rm(path, { recursive: true });
    await makeOpen(path, how);
  });
}

type How = {
  readonly mode: number;
  readonly flags: number;
  /** Whose it must be, where only the owner may write it: root opens everybody's. */
  readonly uid?: number;
};

async function makeOpen(path: string, { mode, flags, uid }: How): Promise<void> {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | flags);
  try {
    const isOthers = uid !== undefined && (await file.stat()).uid !== uid;
    if (isOthers) throw Object.assign(new Error(`${path} is another user's`), { code: 'EPERM' });
    await file.chmod(mode);
  } finally {
    await file.close();
  }
}

/** Tells the profiler what people call the containers that run: it never gets the engine's socket to ask. */
export async function writeContainerNames(context: Context, engine: Engine): Promise<void> {
  const names = await findNames(context.run, engine);
  const path = join(context.root, tracesFolder, CONTAINERS);
  await rm(`${path}.new`, { force: true, recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(names)}\n`, { flag: 'wx' });
  await rename(`${path}.new`, path);
}
