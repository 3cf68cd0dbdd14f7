import { matchOutputs } from './outputs.ts';
import type { Record } from './record.ts';
import { digestAt, makeFinder, type Snapshot } from './snapshot.ts';
import { changedAt, modifiedAt, wasWritten } from './stamp.ts';

type Seen = Pick<Record, 'inputs' | 'folders'>;

/** The inputs of which nobody knows which content a task has read. */
type Changed = {
  /** Written while it ran, also where they have their old content again. */
  readonly written: readonly string[];
  /**
   * Seemingly moved away and back: their ctime is new, or their folder's, and something has come or gone beside that. The same is
   * to be seen where the task itself gives its inputs permissions, an owner or times: then it is so in each run of it.
   */
  readonly moved: readonly string[];
};

/** Compares inputs before and after a task. One that only got another hard link or mode is not changed. */
export function changedMeanwhile(was: Seen, is: Seen, outputs: readonly string[]): Changed {
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
  const written: string[] = [];
  const seemMoved: string[] = [];
  for (const [row, path] of after.paths.entries()) {
    const old = rowBefore(row, path);
    const isWritten =
      old === undefined ||
      wasWritten(before.stamps, old, after.stamps, row) ||
      digestAt(before, old) !== digestAt(after, row);
    if (isWritten) written.push(path);
    else if (wasMoved(path, old, row) || isInMoved(path)) seemMoved.push(path);
  }
  const gone = before.paths.filter((path, row) => rowAfter(row, path) === undefined);
  return {
    written: [...written, ...gone].filter((path) => !isOutput(path)),
    moved: seemMoved.filter((path) => !isOutput(path)),
  };
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

/** Folders that seem moved away and back: that changes their ctime alone, while what comes or goes in them changes their mtime too. */
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
