import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from './errors.ts';
import { shellQuote } from './text/shell/quote.ts';

/**
 * Replaces a file in one step: `make` writes `temporary`, which then takes the place of `target`. Where the system refuses one of
 * them, `target` is as it was, nothing half written stays, and the error is thrown.
 */
export function putInPlace(temporary: string, target: string, make: () => void): void {
  try {
    make();
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw folderAt(target, error);
  }
}

/** Removes a file; none is no error. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw folderAt(path, error);
  }
}

/** A folder stands where a file of ours belongs; Node tells that in many words, and no remedy. */
export class FolderInPlace extends Error {
  constructor(path: string) {
    const [from, to] = [shellQuote(path), shellQuote(`${path}.old`)];
    super(`\`${path}\` is a folder, where a file is wanted: move it away (\`mv ${from} ${to}\`)`);
  }
}

/** What the system says of a file that is to be replaced or removed, or that there is a folder. */
export function folderAt(path: string, error: unknown): unknown {
  return ['EISDIR', 'ERR_FS_EISDIR'].includes(errnoOf(error) ?? '') ? new FolderInPlace(path) : error;
}

/** Makes a folder and those above it. Of a disk that is mounted read-only, Node would say that something is missing. */
export function makeFolders(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw errnoOf(error) === 'ENOENT' ? (readOnly(path) ?? error) : error;
  }
}

function readOnly(path: string): unknown {
  try {
    mkdirSync(outermostMissing(path));
  } catch (error) {
    if (errnoOf(error) === 'EROFS') return error;
  }
  return undefined;
}

function outermostMissing(path: string): string {
  return existsSync(dirname(path)) ? path : outermostMissing(dirname(path));
}
