import { attempt } from '../attempt.ts';
import type { Cache, CacheSurroundings } from '../cache.ts';
import { messageOf } from '../errors.ts';
import type { Secrets } from '../secrets.ts';
import { readCacheSettings } from './settings.ts';

/** The cache of a run, opened at its first use; undefined where it is switched off. */
export type CacheSource = { readonly open: () => Promise<Cache | undefined>; readonly close: () => Promise<void> };

/** Makes the source of the cache. */
export function makeCacheSource(surroundings: CacheSurroundings): CacheSource {
  const { host, config, emit } = surroundings;
  host.secrets.learn(['TASKS_CACHE_TOKEN'], [host.env]);
  const settings = readCacheSettings(config.cache, host.env);
  learnPassword(host.secrets, settings?.remote?.url);
  let cache: Promise<Cache | undefined> | undefined;
  return {
    open: async () => {
      if (settings !== undefined)
        cache ??= import('../cache.ts')
          .then(({ openCache }) => openCache(settings, surroundings))
          .catch((error: unknown) => {
            emit({ type: 'notice-given', text: `the cache cannot be opened: ${messageOf(error)}` });
            return undefined;
          });
      return await cache;
    },
    close: async () => await (await cache)?.close(),
  };
}

/** From so many characters on, a name without a password is a token; `ci` or `build` is none, and would be masked everywhere. */
const shortestToken = 16;

/** The password or token in a URL, as it stands there and as it is sent. */
function learnPassword(secrets: Secrets, url: string | undefined): void {
  if (url === undefined) return;
  const { username, password } = new URL(url);
  const sent = password === '' && username.length >= shortestToken ? username : password;
  const decoded = attempt(() => decodeURIComponent(sent), sent);
  const name = 'the password of the cache';
  secrets.learn([name], [{ [name]: sent }, { [name]: decoded }]);
}
