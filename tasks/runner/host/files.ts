import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** The text of a file, or undefined where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isOneOf(error, ['ENOENT', 'ENOTDIR', 'EISDIR'])) return undefined;
    throw error;
  }
}

/** What is no plain file, such as /dev/null, is written to; of a link, what it leads to is replaced. */
export async function replaceFile(path: string, text: string): Promise<boolean> {
  const target = existsSync(path) ? realpathSync(path) : path;
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    if (statSync(target, { throwIfNoEntry: false })?.isFile() === false) {
      writeFileSync(target, text);
      return true;
    }
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, target);
    return true;
  } catch (error) {
    if (!isOneOf(error, forbidden)) throw error;
    if (existsSync(temporary)) rmSync(temporary);
    return false;
  }
}

const forbidden = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR'];

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
