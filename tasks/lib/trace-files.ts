/** The files in container/traces. All are made by the caller, before the profiler starts, so that they stay the caller's. */
import { chmod, mkdir, open, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Engine } from 'zx-tasks';
import { findNames } from './containers.ts';
import { tracesFolder } from './stack.ts';

export const traceFile = 'http-trace.txt';
export const profilerFile = 'profiler.json';
const namesFile = 'containers.json';
const written = [traceFile, `${traceFile}.1`, 'http-trace.jsonl', 'http-trace.jsonl.1', profilerFile];
/** Everything that may lie in the folder and is ours to remove. */
export const allFiles: readonly string[] = [...written, namesFile];

/** Makes every file that the profiler writes, empty and writable for whoever it runs as. */
export async function emptyTraces(context: Context): Promise<void> {
  const folder = join(context.root, tracesFolder);
  await mkdir(folder, { recursive: true });
  for (const name of written) {
    const path = join(folder, name);
    const file = await open(path, 'a');
    await file.close();
    await truncate(path);
    await chmod(path, 0o666);
  }
}

/** Tells the profiler what people call the containers that run: it never gets the engine's socket to ask. */
export async function writeContainerNames(context: Context, engine: Engine): Promise<void> {
  const names = await findNames(context.run, engine);
  const path = join(context.root, tracesFolder, namesFile);
  await writeFile(`${path}.new`, `${JSON.stringify(names)}\n`);
  await rename(`${path}.new`, path);
}
