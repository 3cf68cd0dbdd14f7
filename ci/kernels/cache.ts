/** What is fetched or made once and kept for the next run. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** KERNELS_CACHE, else a folder where this user's caches are. */
export function cacheFolder(): string {
  const { KERNELS_CACHE, XDG_CACHE_HOME } = process.env;
  return KERNELS_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'tasks-kernels');
}

/**
 * The folder that `make` filled for these ingredients, now or in an earlier run. Others of the same name are removed;
 * an interrupted `make` leaves nothing that would be taken for whole.
 */
export function once(name: string, ingredients: unknown, make: (folder: string) => void): string {
  const digest = createHash('sha256').update(JSON.stringify(ingredients)).digest('hex').slice(0, 16);
  const kept = join(cacheFolder(), name);
  const folder = join(kept, digest);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  make(unfinished);
  for (const other of readdirSync(kept)) {
    if (join(kept, other) !== unfinished) rmSync(join(kept, other), { recursive: true, force: true });
  }
  renameSync(unfinished, folder);
  return folder;
}
