import { matchOutputs } from './outputs.ts';
import { digestAt, makeFinder, type Snapshot } from './snapshot.ts';
import { wasWritten } from './stamp.ts';

/**
 * The inputs that were written while a task ran: nobody knows which content it has read. One that was written and has its old
 * content again is such a file too; one that only got another hard link is not.
 */
export function changedMeanwhile(before: Snapshot, after: Snapshot, outputs: readonly string[]): readonly string[] {
  const isOutput = matchOutputs(outputs);
  const rowBefore = makeFinder(before);
  const rowAfter = makeFinder(after);
  const changed = after.paths.filter((path, row) => {
    const old = rowBefore(row, path);
    return (
      old === undefined ||
      wasWritten(before.stamps, old, after.stamps, row) ||
      digestAt(before, old) !== digestAt(after, row)
    );
  });
  const gone = before.paths.filter((path, row) => rowAfter(row, path) === undefined);
  return [...changed, ...gone].filter((path) => !isOutput(path));
}
