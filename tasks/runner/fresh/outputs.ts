import { rmSync } from 'node:fs';
import { compilePatterns, isLiteral, type Patterns } from './glob.ts';
import { expandPath } from './paths.ts';
import type { Record } from './record.ts';
import { noFiles, type Snapshot, takeSnapshot } from './snapshot.ts';
import { sameStamp, stampFile, stampLength } from './stamp.ts';
import { type Found, findFiles, placeOf } from './walk.ts';

/** The files where a task's outputs belong: those that it wrote, and those that somebody else did. */
export type Claimed = { readonly owned: readonly string[]; readonly foreign: readonly string[] };

type Options = { readonly root: string; readonly clockNs: () => bigint };

/** The last run's outputs as they are now. A path that is missing has the kind `gone`. */
export async function lookAtOutputs({ outputs, foreign }: Record, options: Options) {
  const all = (paths: readonly string[]): Found => ({ paths, raw: new Map(), folders: [], unreadable: [] });
  const looks = { ...options, followsLinks: false };
  return {
    outputs: await takeSnapshot(all(outputs.paths), outputs, looks),
    foreign: await takeSnapshot(all(foreign.paths), foreign, looks),
  };
}

/**
 * Who wrote the files that now lie where outputs belong. While a task runs, and after a run that was killed, all is its own
 * that was not there, or not like this, when it began; after any other run, what the record names.
 */
export function claimOutputs(
  root: string,
  found: Found,
  record: Pick<Record, 'state' | 'outputs' | 'foreign'>,
): Claimed {
  const recorded = new Set(record.outputs.paths);
  const isUntouched = makeComparer(root, record.foreign);
  const isOwned = (path: string) => recorded.has(path) || (record.state === 'begun' && !isUntouched(path));
  return { owned: found.paths.filter(isOwned), foreign: found.paths.filter((path) => !isOwned(path)) };
}

/** Stamps without digests: enough to see later whether a file was touched. */
export function stampAll(root: string, paths: readonly string[]): Snapshot {
  if (paths.length === 0) return noFiles;
  const stamps = new BigInt64Array(paths.length * stampLength);
  for (const [row, path] of paths.entries()) stampFile(placeOf(root, path), stamps, row, { followsLinks: false });
  return { paths, stamps, digests: Buffer.alloc(paths.length * 32), takenNs: 0n };
}

/** Finds what lies where outputs belong. */
export function findOutputs(root: string, patterns: Patterns): Found {
  return findFiles(root, patterns, { followsLinks: false });
}

/** Outputs that are named without a wildcard, and of which nothing is there. */
export function missingOutputs(globs: readonly string[], present: readonly string[]): readonly string[] {
  const literals = globs.filter((glob) => !glob.startsWith('!') && isLiteral(glob)).map(expandPath);
  return literals.filter((name) => !present.some((path) => path === name || path.startsWith(`${name}/`)));
}

/** Removes files; their folders stay, since the command may rely on them. */
export function removeFiles(root: string, paths: readonly string[]): void {
  for (const path of paths) rmSync(placeOf(root, path), { force: true });
}

/** A task's own outputs among its inputs: what formats files in place reads and writes the same ones. */
export function matchOutputs(globs: readonly string[]): (path: string) => boolean {
  return globs.length === 0 ? () => false : compilePatterns(globs).includes;
}

function makeComparer(root: string, known: Snapshot): (path: string) => boolean {
  const rows = new Map(known.paths.map((path, row) => [path, row]));
  const now = new BigInt64Array(stampLength);
  return (path) => {
    const row = rows.get(path);
    if (row === undefined) return false;
    stampFile(placeOf(root, path), now, 0, { followsLinks: false });
    return sameStamp(now, 0, known.stamps, row);
  };
}
