/** Where the test machine has a program. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first executable of that name on PATH. */
export function programPath(name: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`this machine has no \`${name}\``);
}

/** Whether the test machine has it. */
export function hasProgram(name: string): boolean {
  try {
    programPath(name);
    return true;
  } catch {
    return false;
  }
}
