import { join, resolve } from 'node:path';
import type { ActionResult } from './cache/action-result.ts';
import { problemOf } from './cache/refuse.ts';
import type { Remote } from './cache/remote.ts';
import { type Staged, stage } from './cache/restore.ts';
import { resultOf, saveResult } from './cache/save.ts';
import { makeSecretFinder } from './cache/secrets.ts';
import type { CacheSettings, RemoteSettings } from './cache/settings.ts';
import { openStore } from './cache/store.ts';
import { removeStale, tidyStore } from './cache/tidy.ts';
import type { Config } from './config/types.ts';
import { messageOf } from './errors.ts';
import type { Event } from './events.ts';
import type { Record } from './fresh/record.ts';
import { placeOf } from './fresh/walk.ts';
import type { Host } from './host.ts';

/** What tasks have written earlier, here or elsewhere, by what they depended on. It never makes a task fail. */
export type Cache = {
  /** Outputs of an earlier run with the same key, complete and verified beside the project. */
  readonly find: (key: string, isOutput: (path: string) => boolean) => Promise<Found | undefined>;
  /** Keeps what a task has written. */
  readonly keep: (task: string, key: string, written: Pick<Record, 'outputs' | 'bare'>) => void;
  /** Waits until all is sent, and keeps the store below its limit. */
  readonly close: () => Promise<void>;
};

export type Found = Staged & { readonly from: 'cache' | 'remote cache' };

export type CacheSurroundings = {
  readonly host: Host;
  readonly root: string;
  readonly config: Config;
  readonly emit: (event: Event) => void;
  readonly signal: AbortSignal;
};

/** Opens the cache of a run. */
export async function openCache(
  settings: CacheSettings,
  { host, root, emit, signal }: CacheSurroundings,
): Promise<Cache> {
  const store = openStore(resolve(root, settings.folder), host.randomId());
  const say = (text: string) => emit({ type: 'notice-given', text });
  const remote = settings.remote && (await connect(settings.remote, signal, say));

  const restoring = join(root, '.tasks', 'restore');
  const stageIn = async (key: string, result: ActionResult, from: Found['from']): Promise<Found | undefined> => {
    const folder = join(restoring, key);
    const staged = await stage(store, result, { root, folder, umask: host.umask(), signal });
    if (staged === undefined) return undefined;
    store.touch(key, result, host.dateMs());
    return { ...staged, from };
  };

  const tooLong = (result: ActionResult): string | undefined =>
    sizeOf(result) > settings.maxBytes ? 'it is larger than the whole cache may be' : undefined;

  return {
    find: async (key, isOutput) => {
      const isAcceptable = (result: ActionResult): boolean => {
        const problem = problemOf(result, isOutput) ?? tooLong(result);
        if (problem !== undefined) say(`a cached result is not restored: ${problem}`);
        return problem === undefined;
      };
      try {
        const known = store.readResult(key);
        const local = known !== undefined && isAcceptable(known) ? await stageIn(key, known, 'cache') : undefined;
        if (local !== undefined) return local;
        const fetched = await remote?.fetch(key, store, isAcceptable);
        return fetched === undefined ? undefined : await stageIn(key, fetched, 'remote cache');
      } catch (error) {
        if (!signal.aborted) say(`the cache cannot be read: ${messageOf(error)}`);
        return undefined;
      }
    },
    keep: (task, key, { outputs, bare }) => {
      try {
        const result = resultOf(root, outputs, bare);
        if (result === undefined) return;
        const bound = result.links.find(({ target }) => `${target}/`.startsWith(`${root}/`));
        if (bound !== undefined)
          return say(
            `output \`${bound.path}\` of task \`${task}\` is a link with this checkout's own path, so the outputs are not cached`,
          );
        const bytes = sizeOf(result);
        if (bytes > settings.maxBytes)
          return say(
            `what task \`${task}\` wrote is not cached: ${bytes} bytes are more than the whole cache may hold (\`cache.maxSize\`)`,
          );
        const revealing = revealingPath(result, root, host.secrets.values());
        if (revealing !== undefined)
          return say(`output \`${revealing}\` of task \`${task}\` contains a secret, so the outputs are not cached`);
        if (saveResult(store, root, key, outputs, result)) remote?.send(key, result, store);
      } catch (error) {
        say(`what task \`${task}\` wrote is not cached: ${messageOf(error)}`);
      }
    },
    close: async () => {
      await remote?.close();
      try {
        tidyStore(store, settings.maxBytes);
        for (const folder of [join(store.folder, 'tmp'), restoring]) removeStale(folder, host.dateMs());
      } catch (error) {
        say(`the cache cannot be cleaned up: ${messageOf(error)}`);
      }
    },
  };
}

/** A file or link with a secret in what it holds, in its name or in where it leads. */
function revealingPath(
  { files, links, folders }: ActionResult,
  root: string,
  secrets: readonly string[],
): string | undefined {
  const { isInText, isInFile } = makeSecretFinder(secrets);
  const file = files.find(({ path }) => isInText(path) || isInFile(placeOf(root, path)));
  const link = links.find(({ path, target }) => isInText(path) || isInText(target));
  return (file ?? link)?.path ?? folders.find(isInText);
}

function sizeOf({ files }: ActionResult): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** What speaks to a server is loaded only where there is one. */
async function connect(settings: RemoteSettings, signal: AbortSignal, say: (text: string) => void): Promise<Remote> {
  const { openRemote } = await import('./cache/remote.ts');
  return openRemote({ settings, signal, say });
}
