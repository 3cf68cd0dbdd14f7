import { rmdirSync } from 'node:fs';
import { attempt } from '../attempt.ts';
import type { Patterns } from './glob.ts';
import type { KilledMs, Known } from './record.ts';
import { lookAt } from './stamp.ts';
import { placeOf } from './walk.ts';

/** The folders where a task's outputs belong: those that it made, and those that it found. */
export type Folders = Pick<Known, 'made' | 'stood'>;

type Options = {
  readonly root: string;
  readonly patterns: Patterns;
  readonly killedMs: KilledMs;
};

/**
 * Who made the folders that now lie where outputs belong. What has appeared since a run began is the task's own, but never the
 * outermost folder: a server or a shell may be in it.
 */
export function claimFolders(found: readonly string[], last: Known, { root, patterns, killedMs }: Options): Folders {
  const before = new Set(last.state === 'begun' ? last.stood : found);
  const own = new Set(last.made);
  const isMade = (folder: string) =>
    own.has(folder) || (!before.has(folder) && (changedMs(root, folder) ?? 0) <= killedMs);
  const isInside = (folder: string) => patterns.includes(folder) && !patterns.roots.includes(folder);
  const folders = found.filter((folder) => isInside(folder) && changedMs(root, folder) !== undefined);
  const elsewhere = last.made.filter((folder) => !patterns.includes(folder) && changedMs(root, folder) !== undefined);
  return { made: [...elsewhere, ...folders.filter(isMade)], stood: folders.filter((folder) => !isMade(folder)) };
}

/** Removes those folders that hold nothing any more, the innermost first. */
export function removeEmpty(root: string, folders: readonly string[]): void {
  // Where there is something in one, or it is not ours to remove, it stays.
  for (const folder of [...folders].sort().reverse()) attempt(() => rmdirSync(placeOf(root, folder)), undefined);
}

/** When something in a folder last came or went; undefined for what is no folder. */
export function changedMs(root: string, folder: string): number | undefined {
  const stat = lookAt(placeOf(root, folder));
  return typeof stat === 'object' && stat.isDirectory() ? stat.ctimeMs : undefined;
}
