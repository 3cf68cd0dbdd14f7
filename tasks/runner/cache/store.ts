import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt } from '../attempt.ts';
import { readPlainFile } from '../plain-file.ts';
import { makeFolders } from '../put-in-place.ts';
import { type ActionResult, decodeResult, encodeResult } from './action-result.ts';
import { copyAsNew } from './copy.ts';

/** Results of tasks by their key, and contents by their SHA-256, in a folder that several runs may use at once. */
export type Store = {
  readonly folder: string;
  readonly readResult: (key: string) => ActionResult | undefined;
  readonly writeResult: (key: string, result: ActionResult) => void;
  readonly forget: (kind: Kind, name: string) => void;
  readonly pathOf: (kind: Kind, name: string) => string;
  /** Whether a content is there, as far as its size tells. */
  readonly has: (digest: string, size: number) => boolean;
  /** Copies a file in; undefined when it is already there. */
  readonly putFile: (source: string, digest: string) => void;
  /** A path in the store that nobody else writes to, for what `adopt` then takes; else it is removed in the end. */
  readonly temporary: () => Disposable & { readonly path: string };
  readonly adopt: (temporary: string, digest: string) => void;
  /** Marks a result and its contents as used, so that they are cleaned up last. */
  readonly touch: (key: string, result: ActionResult, nowMs: number) => void;
  /** What was written since the store was opened. */
  readonly writtenBytes: () => number;
};

/** The two name spaces of Bazel's caches: results of actions, and contents. */
export type Kind = 'ac' | 'cas';

/** Opens the store of a folder; nothing is created before something is written. `run` tells this one from all others. */
export function openStore(folder: string, run: string): Store {
  let count = 0;
  let writtenBytes = 0;
  const pathOf = (kind: Kind, name: string): string => join(folder, kind, name.slice(0, 2), name);
  const temporary: Store['temporary'] = () => {
    makeFolders(join(folder, 'tmp'));
    const path = join(folder, 'tmp', `${run}-${count++}`);
    return { path, [Symbol.dispose]: () => rmSync(path, { force: true }) };
  };
  const place = (source: string, target: string): void => {
    makeFolders(dirname(target));
    writtenBytes += statSync(source).size;
    renameSync(source, target);
  };
  return {
    folder,
    pathOf,
    temporary,
    readResult: (key) => {
      // Another run may have cleaned it up.
      const bytes = attempt(() => readPlainFile(pathOf('ac', key)), undefined);
      return bytes === undefined ? undefined : decodeResult(bytes);
    },
    writeResult: (key, result) => {
      using fresh = temporary();
      writeFileSync(fresh.path, encodeResult(result));
      place(fresh.path, pathOf('ac', key));
    },
    forget: (kind, name) => rmSync(pathOf(kind, name), { recursive: true, force: true }),
    has: (digest, size) => {
      const stats = attempt(() => statSync(pathOf('cas', digest)), undefined);
      return stats?.isFile() === true && stats.size === size;
    },
    putFile: (source, digest) => {
      using fresh = temporary();
      copyAsNew(source, fresh.path);
      place(fresh.path, pathOf('cas', digest));
    },
    adopt: (fresh, digest) => place(fresh, pathOf('cas', digest)),
    touch: (key, { files }, nowMs) => {
      const used = [pathOf('ac', key), ...files.map(({ digest }) => pathOf('cas', digest))];
      for (const path of used) attempt(() => utimesSync(path, nowMs / 1000, nowMs / 1000), undefined);
    },
    writtenBytes: () => writtenBytes,
  };
}
