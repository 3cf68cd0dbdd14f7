import { lstatSync, type Stats, statSync } from 'node:fs';
import { attempt } from '../attempt.ts';
import { isErrno } from '../host.ts';

/**
 * What the system says of a file without reading it: size, mtime in ms, ctime in ms, inode, kind. As floating-point numbers,
 * which cost a third less than exact ones: the times are then right to 250 ns, and nobody writes a file twice in that time.
 */
export const stampLength = 5;
export const kinds = { gone: 0, file: 1, program: 2, link: 3, special: 4, hidden: 5 } as const;
const [sizeAt, mtimeAt, ctimeAt, inodeAt, kindAt] = [0, 1, 2, 3, 4];

/**
 * Writes the stamp of a file at a row of a table. Of a link it is that of what lies behind it, as far as there is something,
 * since a command that opens the link reads that; without `followsLinks` it is that of the link itself. What comes and goes in a
 * folder behind a link counts only where the folder is looked into.
 */
export function stampFile(
  at: string | Buffer,
  stamps: Float64Array,
  row: number,
  options: { readonly followsLinks: boolean; readonly isLookedInto?: boolean },
): void {
  const offset = row * stampLength;
  const stat = lookAt(at);
  if (stat === undefined || stat === 'hidden') {
    stamps.fill(0, offset, offset + stampLength);
    if (stat === 'hidden') hide(stamps, offset);
    return;
  }
  const behind = stat.isSymbolicLink() && options.followsLinks ? attempt(() => statSync(at), undefined) : undefined;
  const isOnlyNamed = behind?.isDirectory() === true && options.isLookedInto !== true;
  const { size, mtimeMs, ctimeMs } = isOnlyNamed ? stat : (behind ?? stat);
  const { ino } = behind ?? stat;
  stamps[offset + sizeAt] = size;
  stamps[offset + mtimeAt] = mtimeMs;
  stamps[offset + ctimeAt] = ctimeMs > stat.ctimeMs ? ctimeMs : stat.ctimeMs;
  stamps[offset + inodeAt] = ino;
  stamps[offset + kindAt] = kindOf(stat);
}

/** What lies at a path; `hidden` where the system does not tell, as in a folder that is not ours to enter. */
export function lookAt(at: string | Buffer): Stats | 'hidden' | undefined {
  try {
    return lstatSync(at, { throwIfNoEntry: false });
  } catch (error) {
    return isErrno(error, 'ENOTDIR') ? undefined : 'hidden';
  }
}

/** Of what is hidden nothing is known, so it is never trusted to be the same. */
function hide(stamps: Float64Array, offset: number): void {
  stamps[offset + mtimeAt] = Number.POSITIVE_INFINITY;
  stamps[offset + kindAt] = kinds.hidden;
}

/** Whether two rows say the same. */
export function sameStamp(a: Float64Array, rowA: number, b: Float64Array, rowB: number): boolean {
  const [startA, startB] = [rowA * stampLength, rowB * stampLength];
  for (let index = 0; index < stampLength; index++) if (a[startA + index] !== b[startB + index]) return false;
  return true;
}

/** Whether content was written between two stamps: a new hard link or a chmod changes only the ctime. */
export function wasWritten(a: Float64Array, rowA: number, b: Float64Array, rowB: number): boolean {
  const differs = (at: number) => a[rowA * stampLength + at] !== b[rowB * stampLength + at];
  return differs(sizeAt) || differs(mtimeAt) || differs(inodeAt) || differs(kindAt);
}

/** The kind in a row. */
export function kindIn(stamps: Float64Array, row: number): number {
  return stamps[row * stampLength + kindAt] ?? kinds.gone;
}

/** When a row's file last changed in any way, in ms: its ctime, which nobody can set. */
export function changedAt(stamps: Float64Array, row: number): number {
  return stamps[row * stampLength + ctimeAt] ?? 0;
}

/** When entries of a row's folder last came or went, or a row's file was written: its mtime. */
export function modifiedAt(stamps: Float64Array, row: number): number {
  return stamps[row * stampLength + mtimeAt] ?? 0;
}

/** The size in a row, in bytes. */
export function sizeIn(stamps: Float64Array, row: number): number {
  return stamps[row * stampLength + sizeAt] ?? 0;
}

const second = 1_000;
/** The longest step of the clock by which Linux and macOS stamp files. */
const tick = 20;

/**
 * Whether an equal stamp proves equal content. Not when the file was changed so shortly before it was looked at that a later
 * change could carry the same time, nor when its time lies in the future. Whole seconds are taken for a clock of seconds.
 */
export function isTrustworthy(stamps: Float64Array, row: number, takenMs: number): boolean {
  const offset = row * stampLength;
  const modified = stamps[offset + mtimeAt] ?? 0;
  const changed = changedAt(stamps, row);
  const isCoarse = modified % second === 0 && changed % second === 0;
  const newest = modified > changed ? modified : changed;
  return newest + (isCoarse ? 2 * second : tick) < takenMs;
}

function kindOf(stat: Stats): number {
  if (stat.isFile()) return (stat.mode & 0o100) === 0 ? kinds.file : kinds.program;
  return stat.isSymbolicLink() ? kinds.link : kinds.special;
}
