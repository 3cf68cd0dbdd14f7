import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Written by the watcher of a run that was killed, when all that the run had started is gone. */
export function killedFile(root: string): string {
  return join(root, '.tasks', 'state', 'killed');
}

/** When the run was killed that has left a file; undefined where none was since, as after a power failure. In ms since 1970. */
export function killTime(root: string, left: string): number | undefined {
  const killed = statSync(killedFile(root), { throwIfNoEntry: false });
  const begun = statSync(left, { throwIfNoEntry: false });
  return killed !== undefined && begun !== undefined && killed.mtimeMs >= begun.mtimeMs ? killed.mtimeMs : undefined;
}
