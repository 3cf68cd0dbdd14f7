import { type BigIntStats, lstatSync, statSync } from 'node:fs';

/** What the system says of a file without reading it: size, mtime ns, ctime ns, inode, kind. */
export const stampLength = 5;
export const kinds = { gone: 0n, file: 1n, program: 2n, link: 3n, special: 4n } as const;
const [sizeAt, modifiedAt, ctimeAt, inodeAt, kindAt] = [0, 1, 2, 3, 4];

/**
 * Writes the stamp of a file at a row of a table. Of a link it is that of what lies behind it, as far as there is something,
 * since a command that opens the link reads that; without `followsLinks` it is that of the link itself.
 */
export function stampFile(
  at: string | Buffer,
  stamps: BigInt64Array,
  row: number,
  options: { readonly followsLinks: boolean },
): void {
  const offset = row * stampLength;
  const stat = lstatSync(at, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) {
    stamps.fill(0n, offset, offset + stampLength);
    return;
  }
  const behind = stat.isSymbolicLink() && options.followsLinks ? statBehind(at) : undefined;
  const { size, mtimeNs, ctimeNs, ino } = behind ?? stat;
  stamps[offset + sizeAt] = size;
  stamps[offset + modifiedAt] = mtimeNs;
  stamps[offset + ctimeAt] = ctimeNs > stat.ctimeNs ? ctimeNs : stat.ctimeNs;
  stamps[offset + inodeAt] = ino;
  stamps[offset + kindAt] = kindOf(stat);
}

/** Whether two rows say the same. */
export function sameStamp(a: BigInt64Array, rowA: number, b: BigInt64Array, rowB: number): boolean {
  const [startA, startB] = [rowA * stampLength, rowB * stampLength];
  for (let index = 0; index < stampLength; index++) if (a[startA + index] !== b[startB + index]) return false;
  return true;
}

/** Whether content was written between two stamps: a new hard link or a chmod changes only the ctime. */
export function wasWritten(a: BigInt64Array, rowA: number, b: BigInt64Array, rowB: number): boolean {
  const differs = (at: number) => a[rowA * stampLength + at] !== b[rowB * stampLength + at];
  return differs(sizeAt) || differs(modifiedAt) || differs(inodeAt) || differs(kindAt);
}

/** The kind in a row. */
export function kindIn(stamps: BigInt64Array, row: number): bigint {
  return stamps[row * stampLength + kindAt] ?? kinds.gone;
}

/** When a row's file last changed in any way, in nanoseconds: its ctime, which nobody can set. */
export function changedAt(stamps: BigInt64Array, row: number): bigint {
  return stamps[row * stampLength + ctimeAt] ?? 0n;
}

/** When entries of a row's folder last came or went, or a row's file was written: its mtime. */
export function modifiedAtOf(stamps: BigInt64Array, row: number): bigint {
  return stamps[row * stampLength + modifiedAt] ?? 0n;
}

/** The size in a row, in bytes. */
export function sizeIn(stamps: BigInt64Array, row: number): number {
  return Number(stamps[row * stampLength + sizeAt] ?? 0n);
}

const millisecond = 1_000_000n;
const second = 1_000n * millisecond;
/** The longest step of the clock by which Linux and macOS stamp files. */
const tick = 20n * millisecond;

/**
 * Whether an equal stamp proves equal content. Not when the file was changed so shortly before it was looked at that a later
 * change could carry the same time, nor when its time lies in the future. Whole seconds are taken for a clock of seconds.
 */
export function isTrustworthy(stamps: BigInt64Array, row: number, takenNs: bigint): boolean {
  const offset = row * stampLength;
  const modified = stamps[offset + modifiedAt] ?? 0n;
  const changed = changedAt(stamps, row);
  const isCoarse = modified % second === 0n && changed % second === 0n;
  const newest = modified > changed ? modified : changed;
  return newest + (isCoarse ? 2n * second : tick) < takenNs;
}

function statBehind(at: string | Buffer): BigIntStats | undefined {
  try {
    return statSync(at, { bigint: true });
  } catch {
    return undefined;
  }
}

function kindOf(stat: BigIntStats): bigint {
  if (stat.isFile()) return (stat.mode & 0o100n) === 0n ? kinds.file : kinds.program;
  return stat.isSymbolicLink() ? kinds.link : kinds.special;
}
