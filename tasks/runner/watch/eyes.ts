import { dirname } from 'node:path';
import { type Host, isErrno } from '../host.ts';

type EyesHost = Pick<Host, 'watchFolder' | 'watchSettlesMs' | 'folderId'>;

/** Tells that something may have changed in some folders; what, is for a look at the content to say. */
export type Eyes = Disposable & {
  /** Watches these folders and no others; true when there is one that was not watched before. */
  readonly turnTo: (folders: ReadonlySet<string>) => boolean;
  /** Whether it looks again and again, since the system gives no more watches. */
  readonly isPolling: () => boolean;
};

type Options = {
  readonly host: EyesHost;
  /** Above it nothing is watched but what lies there itself. */
  readonly root: string;
  readonly polls: boolean;
  /** Called for every hint. */
  readonly onHint: () => void;
  /** Called once, when there are too many folders for the system. */
  readonly onLimit: (code: string) => void;
};

const pollMs = 1_000;
const limits = ['ENOSPC', 'EMFILE', 'ENFILE'];

type Watched = { readonly id: string; readonly watch: Disposable };

/** One watch for each folder, not for each file: a change of a file is told to its folder. */
export function openEyes({ host, root, polls, onHint, onLimit }: Options): Eyes {
  const watched = new Map<string, Watched>();
  let timer: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  const closeAll = (): void => {
    for (const { watch } of watched.values()) watch[Symbol.dispose]();
    watched.clear();
  };
  const poll = (): void => {
    closeAll();
    timer = setInterval(onHint, pollMs);
  };
  if (polls) poll();

  const watchOne = (folder: string): boolean => {
    const id = host.folderId(folder);
    const old = watched.get(folder);
    if (old?.id === id) return false;
    old?.watch[Symbol.dispose]();
    watched.delete(folder);
    if (id === undefined) return false;
    watched.set(folder, { id, watch: host.watchFolder(folder, onHint, onFail) });
    return true;
  };

  const onFail = (error: Error): void => {
    if (timer !== undefined) return;
    poll();
    onLimit('code' in error ? String(error.code) : error.message);
    onHint();
  };

  /** What nobody tells meanwhile is found by one more look. */
  const lookWhenSettled = (): void => {
    if (host.watchSettlesMs === 0) return;
    clearTimeout(settling);
    settling = setTimeout(onHint, host.watchSettlesMs);
  };

  return {
    isPolling: () => timer !== undefined,
    turnTo: (folders) => {
      if (timer !== undefined) return false;
      const wanted = new Set([...folders].flatMap((folder) => withAncestors(host, root, folder)));
      let isNew = false;
      const unwanted = [...watched.keys()].filter((folder) => !wanted.has(folder));
      for (const folder of unwanted) {
        watched.get(folder)?.watch[Symbol.dispose]();
        watched.delete(folder);
      }
      for (const folder of wanted) {
        try {
          isNew = watchOne(folder) || isNew;
        } catch (error) {
          const limit = limits.find((code) => isErrno(error, code));
          const isGone = isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES');
          if (limit === undefined && !isGone) throw error;
          if (limit === undefined) continue;
          poll();
          onLimit(limit);
          return false;
        }
      }
      if (isNew || unwanted.length > 0) lookWhenSettled();
      return isNew;
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      clearTimeout(settling);
      closeAll();
    },
  };
}

/** With those around it, which tell that the folder itself comes, goes or is renamed. Of one that is missing, only those. */
function withAncestors(host: EyesHost, root: string, folder: string): readonly string[] {
  const all = [folder];
  for (let at = folder; at !== dirname(at); ) {
    const isLast = at === root || (!isInside(root, at) && host.folderId(at) !== undefined && at !== folder);
    if (isLast) break;
    at = dirname(at);
    all.push(at);
  }
  return all.filter((path) => host.folderId(path) !== undefined);
}

function isInside(root: string, path: string): boolean {
  return path.startsWith(`${root}/`);
}
