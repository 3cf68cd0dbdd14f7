import { hash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { calculateDigests, type DigestJob } from '../fresh/digest.ts';
import { kinds } from '../fresh/stamp.ts';
import { isErrno } from '../host.ts';
import { readPlainFile, refuseOther } from '../plain-file.ts';
import type { ActionResult, StoredFile } from './action-result.ts';
import { copyAsNew } from './copy.ts';
import { makeFolderMaker, move } from './place.ts';
import { modeOfNew } from './save.ts';
import type { Store } from './store.ts';

/** Outputs that lie complete and verified beside the project, ready to be moved to their places. */
export type Staged = {
  readonly paths: readonly string[];
  /** Outputs that are folders without a file. */
  readonly folders: readonly string[];
  /** Moves each to its place in one step of its own. */
  readonly place: () => Promise<void>;
  readonly [Symbol.dispose]: () => void;
};

type Places = {
  readonly root: string;
  readonly folder: string;
  readonly umask: number;
  /** Ends it between two files. */
  readonly signal: AbortSignal;
};

/** Copies a result's files out of the store and compares each with its digest; undefined where one is missing or differs. */
export async function stage(
  store: Store,
  result: ActionResult,
  { root, folder, umask, signal }: Places,
): Promise<Staged | undefined> {
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  dispose();
  try {
    mkdirSync(folder, { recursive: true });
    const bad = await firstBad(store, result.files, folder, signal);
    if (bad !== undefined) {
      store.forget('cas', bad.digest);
      dispose();
      return undefined;
    }
    for (const [index, { isProgram, mode }] of result.files.entries())
      chmodSync(join(folder, `file-${index}`), (mode ?? modeOfNew(isProgram)) & 0o777 & ~umask);
    for (const [index, { target }] of result.links.entries()) symlinkSync(target, join(folder, `link-${index}`));
  } catch (error) {
    dispose();
    throw error;
  }
  const rows = [
    ...result.files.map(({ path }, index) => ({ path, staged: join(folder, `file-${index}`) })),
    ...result.links.map(({ path }, index) => ({ path, staged: join(folder, `link-${index}`) })),
  ];
  return {
    paths: rows.map(({ path }) => path),
    folders: result.folders,
    place: async () => {
      const makeFolder = makeFolderMaker(root);
      for (const folder of result.folders) makeFolder(folder);
      for (const [index, { path, staged }] of rows.entries()) {
        await giveTurn(index, signal);
        makeFolder(dirname(path));
        move(staged, root, path);
      }
    },
    [Symbol.dispose]: dispose,
  };
}

async function firstBad(
  store: Store,
  files: readonly StoredFile[],
  folder: string,
  signal: AbortSignal,
): Promise<StoredFile | undefined> {
  const large: StoredFile[] = [];
  const jobs: DigestJob[] = [];
  for (const [index, file] of files.entries()) {
    const stored = store.pathOf('cas', file.digest);
    const staged = join(folder, `file-${index}`);
    try {
      if (file.size <= smallBytes) {
        if (!copySmall(stored, staged, file.digest)) return file;
      } else {
        refuseOther(stored);
        copyAsNew(stored, staged);
        large.push(file);
        jobs.push({ at: staged, kind: kinds.file, size: file.size });
      }
    } catch (error) {
      // Anything else, such as a full disk, says nothing about the content.
      if (isErrno(error, 'ENOENT', 'EFTYPE')) return file;
      throw error;
    }
    await giveTurn(index, signal);
  }
  let bad: StoredFile | undefined;
  await calculateDigests(jobs, (index, digest) => {
    if (digest?.toString('hex') !== large[index]?.digest) bad ??= large[index];
  });
  return bad;
}

/** To read and write so few bytes takes the system half the time of its own copying, and their digest comes on the way. */
const smallBytes = 64 * 1024;
/** How many files are copied or moved before others get their turn. */
const turnFiles = 256;

/** Lets others have theirs, and hears whether the run is to end. */
async function giveTurn(index: number, signal: AbortSignal): Promise<void> {
  if (index % turnFiles !== turnFiles - 1) return;
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

/** False where a content is not that of its digest. */
function copySmall(from: string, to: string, digest: string): boolean {
  const bytes = readPlainFile(from);
  if (hash('sha256', bytes) !== digest) return false;
  writeFileSync(to, bytes, { mode: 0o600 });
  return true;
}
