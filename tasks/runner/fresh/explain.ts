import { type Part, subjectOf } from './parts.ts';
import { digestAt, makeFinder, type Snapshot } from './snapshot.ts';
import { kindIn, kinds } from './stamp.ts';

/** How many files are named before the rest is only counted. */
const named = 3;

/** What differs between the parts of the last run and those of now. No value is told, but the versions of tools. */
export function differingParts(last: readonly Part[], now: readonly Part[]): readonly string[] {
  const keyOf = ({ kind, name }: Part) => `${kind} ${name}`;
  const before = new Map(last.map((part) => [keyOf(part), part]));
  const changed = now.flatMap((part) => {
    const old = before.get(keyOf(part));
    before.delete(keyOf(part));
    if (old?.digest === part.digest) return [];
    if (old === undefined) return [`${subjectOf(part)} is new`];
    const versions = part.shown === undefined ? '' : ` from ${old.shown} to ${part.shown}`;
    return [`${subjectOf(part)} changed${versions}`];
  });
  return [...changed, ...[...before.values()].map((part) => `${subjectOf(part)} is gone`)];
}

/** The parts that are not the same after a run as before it. */
export function changedParts(before: readonly Part[], after: readonly Part[]): readonly string[] {
  const digests = new Map(after.map((part) => [subjectOf(part), part.digest]));
  return before.flatMap((part) => (digests.get(subjectOf(part)) === part.digest ? [] : [subjectOf(part)]));
}

/** What differs between the files of the last run and those of now. */
export function differingFiles(last: Snapshot, now: Snapshot): readonly string[] {
  const rowBefore = makeFinder(last);
  const rowNow = makeFinder(now);
  const changed: string[] = [];
  const added: number[] = [];
  for (const [row, path] of now.paths.entries()) {
    const old = rowBefore(row, path);
    if (old === undefined) added.push(row);
    else if (kindIn(now.stamps, row) === kinds.gone) changed.push(`${path} is gone`);
    else if (digestAt(last, old) !== digestAt(now, row)) changed.push(`${path} changed`);
    else if (kindIn(last.stamps, old) !== kindIn(now.stamps, row)) changed.push(`${path} changed its mode`);
  }
  const deleted = last.paths.flatMap((path, row) => (rowNow(row, path) === undefined ? [row] : []));
  return [...changed, ...comeAndGone(last, deleted, now, added)];
}

/** Tells the first few of many. */
export function shorten(reasons: readonly string[]): readonly string[] {
  const others = reasons.length - named;
  return others > 1 ? [...reasons.slice(0, named), `${others} more`] : reasons;
}

/** A file that is gone and one that is new with the same content are one that was renamed. */
function comeAndGone(
  last: Snapshot,
  deleted: readonly number[],
  now: Snapshot,
  added: readonly number[],
): readonly string[] {
  const gone = new Map(deleted.map((row) => [digestAt(last, row), last.paths[row] ?? '']));
  const renamed = new Set<string>();
  const arrivals = added.map((row) => {
    const path = now.paths[row] ?? '';
    const former = gone.get(digestAt(now, row));
    if (former === undefined || renamed.has(former)) return `${path} is new`;
    renamed.add(former);
    return `${former} was renamed to ${path}`;
  });
  const departures = deleted.map((row) => last.paths[row] ?? '').filter((path) => !renamed.has(path));
  return [...arrivals, ...departures.map((path) => `${path} is gone`)];
}
