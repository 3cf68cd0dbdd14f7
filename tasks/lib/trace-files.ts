/** The files in container/traces. All are made by the caller, before the profiler starts, so that they stay the caller's. */
import { constants, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Engine } from 'zx-tasks';
import { ASIDE, CONTAINERS, HELD } from '../../container/profiler/src/file-names.ts';
import { findNames } from './containers.ts';
import { namesIn } from './read.ts';
import { tracesFolder } from './stack.ts';

/** Everything that may lie in the folder and is ours to remove. */
export const allFiles: readonly string[] = [...HELD, ...ASIDE, CONTAINERS];

/** Makes every file that the profiler writes, empty and writable for whoever it runs as. */
export async function emptyTraces(context: Context): Promise<void> {
  const folder = join(context.root, tracesFolder);
  await mkdir(folder, { recursive: true });
  for (const name of [...HELD, ...ASIDE]) await makeFile(join(folder, name), constants.O_TRUNC);
}

/** What a profiler that runs holds open and somebody has removed: what it writes there goes nowhere. */
export async function findGone(root: string): Promise<readonly string[]> {
  return missingOf(root, HELD);
}

/** Makes those that were removed and are opened by name: a trace that is full could not be set aside. */
export async function makeSetAside({ root }: Pick<Context, 'root'>): Promise<void> {
  for (const name of await missingOf(root, ASIDE)) await makeFile(join(root, tracesFolder, name));
}

async function missingOf(root: string, names: readonly string[]): Promise<readonly string[]> {
  const there = await namesIn(join(root, tracesFolder));
  return names.filter((name) => !there.includes(name));
}

/**
 * One that is somebody else's, since a run as root, gives way: the folder is the caller's. So do a link, a pipe and a folder: the
 * container may make any of them here, what a link leads to on the host is none of its business, and a pipe would never be opened.
 */
async function makeFile(path: string, how = 0): Promise<void> {
  await makeOpen(path, how).catch(async (error: NodeJS.ErrnoException) => {
    if (!['EPERM', 'EACCES', 'ELOOP', 'ENXIO', 'EISDIR'].includes(error.code ?? '')) throw error;
    await rm(path, { recursive: true });
    await makeOpen(path, how);
  });
}

async function makeOpen(path: string, how: number): Promise<void> {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | how);
  try {
    await file.chmod(0o666);
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
