import { statSync, watch } from 'node:fs';

const isMac = process.platform === 'darwin';

/**
 * Watches one folder, not what lies in its folders. A watch of a folder that is removed falls silent. macOS says only afterwards
 * that it cannot, and then all watches of this process are over.
 */
export function watchFolder(path: string, onChange: () => void, onFail: (error: Error) => void): Disposable {
  const watcher = watch(path, { persistent: true }, onChange);
  watcher.on('error', onFail);
  return { [Symbol.dispose]: () => watcher.close() };
}

/**
 * For so long after one more folder is watched, or one fewer, changes in any of them may not be told: on macOS one stream of
 * events tells of all, and is replaced by another one then.
 */
export const watchSettlesMs = isMac ? 300 : 0;

/** What makes room for more watches. */
export function roomForWatches(code: string): string {
  if (isMac) return 'name fewer folders in `inputs` or `watch`';
  return code === 'ENOSPC' ? 'raise `fs.inotify.max_user_watches`' : 'raise `fs.inotify.max_user_instances`';
}

/** Device and inode of the folder that lies at a path, perhaps behind a link. */
export function folderId(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true ? `${stat.dev}:${stat.ino}` : undefined;
}
