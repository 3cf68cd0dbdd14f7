import { statSync, watch } from 'node:fs';

/** Watches one folder, not what lies in its folders. A watch of a folder that is removed falls silent. */
export function watchFolder(path: string, onChange: () => void): Disposable {
  const watcher = watch(path, { persistent: true }, onChange);
  watcher.on('error', onChange);
  return { [Symbol.dispose]: () => watcher.close() };
}

/** Device and inode of the folder that lies at a path, perhaps behind a link. */
export function folderId(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true ? `${stat.dev}:${stat.ino}` : undefined;
}
