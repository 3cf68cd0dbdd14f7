import { matchOutputs } from './outputs.ts';
import type { Record } from './record.ts';
import { digestAt, makeFinder, type Snapshot } from './snapshot.ts';
import { changedAt, modifiedAt, wasWritten } from './stamp.ts';

type Seen = Pick<Record, 'inputs' | 'folders'>;

/**
 * The inputs that were written while a task ran: nobody knows which content it has read. One that was written and has its old
 * content again is such a file too, and one that was moved away and back; one that only got another hard link or mode is not.
 */
export function changedMeanwhile(was: Seen, is: Seen, outputs: readonly string[]): readonly string[] {
  const isOutput = matchOutputs(outputs);
  const { inputs: before } = was;
  const { inputs: after } = is;
  const stirred = stirredFolders(was.folders, is.folders);
  const moved = movedFolders(was.folders, is.folders, stirred);
  const isInMoved = (path: string): boolean => moved.some((folder) => path.startsWith(`${folder}/`));
  const wasMoved = (path: string, old: number, row: number): boolean =>
    stirred.has(folderOf(path)) && changedAt(before.stamps, old) !== changedAt(after.stamps, row);
  const rowBefore = makeFinder(before);
  const rowAfter = makeFinder(after);
  const changed = after.paths.filter((path, row) => {
    const old = rowBefore(row, path);
    return (
      old === undefined ||
      wasWritten(before.stamps, old, after.stamps, row) ||
      wasMoved(path, old, row) ||
      isInMoved(path) ||
      digestAt(before, old) !== digestAt(after, row)
    );
  });
  const gone = before.paths.filter((path, row) => rowAfter(row, path) === undefined);
  return [...changed, ...gone].filter((path) => !isOutput(path));
}

/** Folders in which something has come or gone. */
function stirredFolders(before: Snapshot, after: Snapshot): ReadonlySet<string> {
  const rowBefore = makeFinder(before);
  return new Set(
    after.paths.filter((path, row) => {
      const old = rowBefore(row, path);
      return old === undefined || modifiedAt(before.stamps, old) !== modifiedAt(after.stamps, row);
    }),
  );
}

/** Folders that were moved away and back: that changes their ctime alone, while what comes or goes in them changes their mtime too. */
function movedFolders(before: Snapshot, after: Snapshot, stirred: ReadonlySet<string>): readonly string[] {
  const rowBefore = makeFinder(before);
  return after.paths.filter((path, row) => {
    const old = rowBefore(row, path);
    const wasChanged = old !== undefined && changedAt(before.stamps, old) !== changedAt(after.stamps, row);
    const isAlone = changedAt(after.stamps, row) !== modifiedAt(after.stamps, row);
    return wasChanged && isAlone && stirred.has(folderOf(path));
  });
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
