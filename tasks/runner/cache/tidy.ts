import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../attempt.ts';
import { readPlainFile } from '../plain-file.ts';
import { putInPlace } from '../put-in-place.ts';
import type { Store } from './store.ts';

/** Below the limit by so much, so that not every run has to clean up. */
const aim = 0.8;
/** How old is what nobody works on any more. */
const staleMs = 24 * 60 * 60 * 1000;

type Entry = { readonly path: string; readonly size: number; readonly usedMs: number };

/**
 * Keeps a store below its limit: what was used longest ago goes first. The size is added up in a file, and the whole store is
 * looked through only when that says it is full, or is not there.
 */
export function tidyStore(store: Store, maxBytes: number): void {
  const written = store.writtenBytes();
  if (written === 0) return;
  const known = readSize(join(store.folder, 'size'));
  const total = known === undefined ? undefined : known + written;
  const isFine = total !== undefined && total <= maxBytes;
  const size = isFine ? total : cleanUp(store.folder, maxBytes);
  using temporary = store.temporary();
  putInPlace(temporary.path, join(store.folder, 'size'), () => writeFileSync(temporary.path, `${size}\n`));
}

/** Removes what runs that were killed have left in a folder of half-done work. */
export function removeStale(folder: string, nowMs: number): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && nowMs - stat.mtimeMs > staleMs) rmSync(path, { recursive: true, force: true });
  }
}

function cleanUp(folder: string, maxBytes: number): number {
  const files = ['ac', 'cas'].flatMap((kind) => filesIn(join(folder, kind)));
  let size = files.reduce((sum, file) => sum + file.size, 0);
  if (size <= maxBytes) return size;
  for (const file of files.sort((a, b) => a.usedMs - b.usedMs)) {
    if (size <= maxBytes * aim) break;
    rmSync(file.path, { force: true });
    size -= file.size;
  }
  return size;
}

function filesIn(folder: string): readonly Entry[] {
  return attempt(() => readdirSync(folder, { recursive: true, encoding: 'utf8' }), []).flatMap((name) => {
    const path = join(folder, name);
    const stat = attempt(() => statSync(path), undefined);
    return stat?.isFile() === true ? [{ path, size: stat.size, usedMs: stat.mtimeMs }] : [];
  });
}

function readSize(file: string): number | undefined {
  // Only a whole line counts.
  const size = /^(\d+)\n$/.exec(attempt(() => readPlainFile(file).toString('latin1'), ''))?.[1];
  return size === undefined ? undefined : Number(size);
}
