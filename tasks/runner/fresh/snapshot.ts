import { hash } from 'node:crypto';
import { calculateDigests, digestBytes } from './digest.ts';
import { isTrustworthy, kindIn, sameStamp, sizeIn, stampFile, stampLength } from './stamp.ts';
import { type Found, placeOf, shortPlaces } from './walk.ts';

/** Files as they were at one moment: for each path its stamp and its digest. */
export type Snapshot = {
  readonly paths: readonly string[];
  readonly stamps: Float64Array;
  readonly digests: Buffer;
  /** The file system's clock before the files were looked at. */
  readonly takenMs: number;
};

export type Look = {
  readonly snapshot: Snapshot;
  /** Nothing had to be read: the earlier snapshot says it all, and need not be replaced. */
  readonly isKnown: boolean;
  /** The earlier snapshot has the same paths with the same digests. */
  readonly isSame: boolean;
  readonly unreadable: readonly string[];
};

type Options = {
  readonly root: string;
  readonly followsLinks: boolean;
  readonly fileClockMs: () => number;
};

export const noFiles: Snapshot = {
  paths: [],
  stamps: new Float64Array(),
  digests: Buffer.alloc(0),
  takenMs: 0,
};

/** Looks at files; only those are read that an earlier snapshot does not know with the same stamp. */
export async function takeSnapshot(found: Found, earlier: Snapshot, options: Options): Promise<Look> {
  const { paths, raw } = found;
  const at = (path: string) => raw.get(path) ?? placeOf(options.root, path);
  const hasSamePaths = samePaths(paths, earlier.paths);
  const { snapshot, unknown } = hasSamePaths
    ? compareInPlace(raw, earlier, options)
    : compareByName(found, earlier, at, options);
  if (unknown.length === 0)
    return { snapshot, isKnown: hasSamePaths, isSame: hasSamePaths, unreadable: found.unreadable };
  const takenMs = options.fileClockMs();
  const unreadable = [...found.unreadable, ...(await readAnew(snapshot, unknown, at, options))];
  const { stamps, digests } = snapshot;
  const isSame = hasSamePaths && digests.equals(earlier.digests) && sameKinds(stamps, earlier.stamps);
  return { snapshot: { ...snapshot, takenMs }, isKnown: false, isSame, unreadable };
}

type Comparison = { readonly snapshot: Snapshot; readonly unknown: readonly number[] };

/** The usual case: the same paths. Nothing is copied unless something differs. */
function compareInPlace(raw: Found['raw'], earlier: Snapshot, options: Options): Comparison {
  const unknown: number[] = [];
  const now = new Float64Array(stampLength);
  const placeOf = shortPlaces(options.root);
  const { paths } = earlier;
  // Iterators take several times as long until they are compiled.
  for (let row = 0; row < paths.length; row++) {
    const path = paths[row] as string;
    stampFile(raw.get(path) ?? placeOf(path), now, 0, options);
    const isKnown = sameStamp(now, 0, earlier.stamps, row) && isTrustworthy(now, 0, earlier.takenMs);
    if (!isKnown) unknown.push(row);
  }
  if (unknown.length === 0) return { snapshot: earlier, unknown };
  const copy = { ...earlier, stamps: earlier.stamps.slice(), digests: Buffer.from(earlier.digests) };
  return { snapshot: copy, unknown };
}

function compareByName(
  { paths }: Found,
  earlier: Snapshot,
  at: (path: string) => string | Buffer,
  options: Options,
): Comparison {
  const stamps = new Float64Array(paths.length * stampLength);
  const digests = Buffer.alloc(paths.length * digestBytes);
  const rowOf = makeFinder(earlier);
  const unknown: number[] = [];
  for (const [row, path] of paths.entries()) {
    stampFile(at(path), stamps, row, options);
    const old = rowOf(row, path);
    const isKnown =
      old !== undefined && sameStamp(stamps, row, earlier.stamps, old) && isTrustworthy(stamps, row, earlier.takenMs);
    if (isKnown) earlier.digests.copy(digests, row * digestBytes, old * digestBytes, (old + 1) * digestBytes);
    else unknown.push(row);
  }
  return { snapshot: { paths, stamps, digests, takenMs: earlier.takenMs }, unknown };
}

/** Stamps and reads rows; gives the paths that cannot be read. */
async function readAnew(
  { paths, stamps, digests }: Snapshot,
  rows: readonly number[],
  at: (path: string) => string | Buffer,
  options: Options,
): Promise<readonly string[]> {
  const unreadable: string[] = [];
  const jobs = rows.map((row) => {
    const place = at(paths[row] ?? '');
    stampFile(place, stamps, row, options);
    return { at: place, kind: kindIn(stamps, row), size: sizeIn(stamps, row) };
  });
  await calculateDigests(jobs, (index, digest) => {
    const row = rows[index] ?? 0;
    if (digest !== undefined) digest.copy(digests, row * digestBytes);
    else {
      unreadable.push(paths[row] ?? '');
      const stamp = stamps.subarray(row * stampLength, (row + 1) * stampLength);
      if (options.followsLinks)
        // Without a stamp it is looked at again the next time.
        stamp.fill(0);
      else digestOfStamp(stamp).copy(digests, row * digestBytes);
    }
  });
  return unreadable;
}

/** What stands for the content of an output that only others may read: who touches it, changes that. */
function digestOfStamp(stamp: Float64Array): Buffer {
  return hash('sha256', Buffer.from(stamp.buffer, stamp.byteOffset, stamp.byteLength), 'buffer');
}

/** The digest of a path in a snapshot, in hex. */
export function digestAt({ digests }: Snapshot, row: number): string {
  return digests.toString('hex', row * digestBytes, (row + 1) * digestBytes);
}

/** The rows of a snapshot whose paths pass. */
export function select(snapshot: Snapshot, passes: (path: string) => boolean): Snapshot {
  const rows = snapshot.paths.flatMap((path, row) => (passes(path) ? [row] : []));
  if (rows.length === snapshot.paths.length) return snapshot;
  const stamps = new Float64Array(rows.length * stampLength);
  for (const [index, row] of rows.entries())
    stamps.set(snapshot.stamps.subarray(row * stampLength, (row + 1) * stampLength), index * stampLength);
  return {
    paths: rows.map((row) => snapshot.paths[row] ?? ''),
    stamps,
    digests: Buffer.concat(rows.map((row) => snapshot.digests.subarray(row * digestBytes, (row + 1) * digestBytes))),
    takenMs: snapshot.takenMs,
  };
}

/** Finds rows by path; as long as both lists go alike, by counting alone. */
export function makeFinder({ paths }: Pick<Snapshot, 'paths'>): (hint: number, path: string) => number | undefined {
  let index: ReadonlyMap<string, number> | undefined;
  return (hint, path) => {
    if (paths[hint] === path) return hint;
    index ??= new Map(paths.map((known, row) => [known, row]));
    return index.get(path);
  };
}

function samePaths(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((path, index) => path === b[index]));
}

/** A script that loses its exec bit is another script. */
function sameKinds(a: Float64Array, b: Float64Array): boolean {
  for (let row = 0; row < a.length / stampLength; row++) if (kindIn(a, row) !== kindIn(b, row)) return false;
  return true;
}
