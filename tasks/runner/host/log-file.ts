import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { makeFolders, removeFile } from '../put-in-place.ts';

/** A file that a task's output goes to. */
export type LogFile = {
  readonly write: (text: string) => void;
  readonly close: () => void;
};

/** So much of a log is kept in the file and, once more, in the file before it, which ends in `.1`. */
const mostBytes = 8 << 20;

/**
 * Opens a new log in place of an old one. Nothing is written through a link: the folder must lie inside the project, and
 * what stands at the path is removed first, never followed. Throws the system's error where that is not possible.
 */
export function openLog(root: string, path: string): LogFile {
  makeFolder(root, dirname(path));
  removeParts(path);
  let fd = openNew(path);
  let bytes = 0;
  return {
    write: (text) => {
      bytes += writeWhole(fd, Buffer.from(text));
      if (bytes < mostBytes) return;
      closeSync(fd);
      renameSync(path, `${path}.1`);
      fd = openNew(path);
      bytes = 0;
    },
    close: () => closeSync(fd),
  };
}

/** Removes the log of an earlier run; none is no error, and costs one look: an older part has a newer one beside it. */
export function removeLog(path: string): void {
  if (existsSync(path)) removeParts(path);
}

function removeParts(path: string): void {
  removeFile(`${path}.1`);
  removeFile(path);
}

/** Removes the oldest logs where there are more than so many: tasks come and go, and each has a file of its own. */
export function tidyLogs(folder: string, most: number): void {
  // A task may have removed it, as one that cleans up does.
  if (!existsSync(folder)) return;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
  if (files.length <= most) return;
  const aged = files.map((path) => ({ path, ms: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }));
  for (const { path } of aged.sort((a, b) => b.ms - a.ms).slice(most)) rmSync(path, { force: true });
}

function makeFolder(root: string, folder: string): void {
  makeFolders(folder);
  const isInside = !relative(realpathSync(root), realpathSync(folder)).split(sep).includes('..');
  if (!isInside || lstatSync(folder).isSymbolicLink()) throw new Error(`\`${relative(root, folder)}\` is a link`);
}

/** A full disk may take a part only, and say so at the next. */
function writeWhole(fd: number, bytes: Buffer): number {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
  return written;
}

function openNew(path: string): number {
  return openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o644);
}
