import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';

/** The bytes of a file. What is no file is never opened: a pipe would be waited for, and a device may have no end. */
export function readPlainFile(path: string): Buffer {
  refuseOther(path);
  return readFileSync(path);
}

/** Throws where a path leads to something that is no file, or to nothing. The device that is always empty passes for a file. */
export function refuseOther(path: string, stats = statSync(path)): void {
  if (!stats.isFile() && realpathSync(path) !== '/dev/null')
    throw Object.assign(new Error(`it is ${kindOf(stats)}, where a file is wanted`), { code: 'EFTYPE' });
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
