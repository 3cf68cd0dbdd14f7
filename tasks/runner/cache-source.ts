import { readCacheSettings } from './cache/settings.ts';
import type { Cache, CacheSurroundings } from './cache.ts';

/** The cache of a run, opened at its first use; undefined where it is switched off. */
export type CacheSource = { readonly open: () => Promise<Cache | undefined>; readonly close: () => Promise<void> };

/** Makes the source of the cache. */
export function makeCacheSource(surroundings: CacheSurroundings): CacheSource {
  const { host, config } = surroundings;
  host.secrets.learn(['TASKS_CACHE_TOKEN'], [host.env]);
  const settings = readCacheSettings(config.cache, host.env);
  let cache: Promise<Cache> | undefined;
  return {
    open: async () => {
      if (settings !== undefined)
        cache ??= import('./cache.ts').then(({ openCache }) => openCache(settings, surroundings));
      return await cache;
    },
    close: async () => await (await cache)?.close(),
  };
}
