import { chmodSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isErrno } from '../host.ts';
import { expandPath } from '../text/paths.ts';
import { digestBytes } from './digest.ts';
import { compilePatterns, isLiteral, type Patterns } from './glob.ts';
import { changedMs } from './made.ts';
import { type OddNames, oddPlaceOf, rawNamesOf } from './odd-names.ts';
import type { Record } from './record.ts';
import { noFiles, type Snapshot, takeSnapshot } from './snapshot.ts';
import { lookAt, stampFile, stampLength } from './stamp.ts';
import { type Found, findFiles, isFolderBehind, placeOf } from './walk.ts';

type Options = { readonly root: string; readonly fileClockMs: () => number };

/** The last run's outputs as they are now. A path that is missing has the kind `gone`. */
export async function lookAtOutputs({ outputs, foreign, odd, bare }: Record, options: Options) {
  const raw = rawNamesOf(options.root, odd);
  const all = (paths: readonly string[]): Found => ({ paths, raw, folders: [], unreadable: [] });
  const looks = { ...options, followsLinks: false };
  return {
    outputs: await takeSnapshot(all(outputs.paths), outputs, looks),
    foreign: await takeSnapshot(all(foreign.paths), foreign, looks),
    /** Folders without a file that are folders no more. */
    lost: bare.filter((name) => changedMs(options.root, name) === undefined),
  };
}

/** Stamps without digests: enough to see later whether a file was touched. */
export function stampAll(root: string, paths: readonly string[], odd: OddNames): Snapshot {
  if (paths.length === 0) return noFiles;
  const stamps = new Float64Array(paths.length * stampLength);
  for (const [row, path] of paths.entries())
    stampFile(oddPlaceOf(root, path, odd), stamps, row, { followsLinks: false });
  return { paths, stamps, digests: Buffer.alloc(paths.length * digestBytes), takenMs: 0 };
}

/** Finds what lies where outputs belong. */
export function findOutputs(root: string, patterns: Patterns): Found {
  return findFiles(root, patterns, { followsLinks: false });
}

/**
 * What lies behind a link to a folder that is in the place of outputs, as one to a faster disk, unless the task has made it. It is
 * somebody else's folder: what is in it is compared, but neither removed nor cached.
 */
export function findBehindLinks(root: string, patterns: Patterns, owned: readonly string[]): Found {
  const isMade = new Set(owned);
  const roots = patterns.roots.filter((path) => !isMade.has(path) && isLinkToFolder(placeOf(root, path)));
  return findFiles(root, { ...patterns, roots }, { followsLinks: false, followsRoots: true });
}

/** Outputs that are named without a wildcard. */
export function literalOutputs(globs: readonly string[]): readonly string[] {
  return globs.filter((glob) => !glob.startsWith('!') && isLiteral(glob)).map(expandPath);
}

/** Those of which nothing is there. */
export function missingOutputs(
  globs: readonly string[],
  { outputs, foreign, bare }: Pick<Record, 'outputs' | 'foreign' | 'bare'>,
): readonly string[] {
  const present = [...outputs.paths, ...foreign.paths, ...bare];
  return literalOutputs(globs).filter((name) => !present.some((path) => path === name || path.startsWith(`${name}/`)));
}

/**
 * Removes files; their folders stay, since the command may rely on them. A folder that the task itself made read-only, as Go's
 * module cache does, is made writable.
 */
export function removeFiles(root: string, paths: readonly string[], odd: OddNames): void {
  for (const path of paths) {
    const at = oddPlaceOf(root, path, odd);
    try {
      rmSync(at as string, { force: true });
    } catch (error) {
      const mayHelp = isErrno(error, 'EACCES') && makeWritable(dirname(placeOf(root, path)));
      if (!mayHelp) throw error;
      rmSync(at as string, { force: true });
    }
  }
}

/** False where the folder is somebody else's. */
function makeWritable(folder: string): boolean {
  try {
    chmodSync(folder, statSync(folder).mode | 0o700);
    return true;
  } catch {
    return false;
  }
}

/** A task's own outputs among its inputs: what formats files in place reads and writes the same ones. */
export function matchOutputs(globs: readonly string[]): (path: string) => boolean {
  return globs.length === 0 ? () => false : compilePatterns(globs).includes;
}

function isLinkToFolder(at: string): boolean {
  const stat = lookAt(at);
  return typeof stat === 'object' && stat.isSymbolicLink() && isFolderBehind(at);
}
