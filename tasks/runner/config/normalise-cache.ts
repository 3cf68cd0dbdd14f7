import type { RawConfig } from './schema.ts';
import type { CacheRow } from './types.ts';
import { durationMs, sizeBytes } from './units.ts';

/** The table `cache` with its sizes in bytes and its times in ms. */
export function normaliseCache(raw: RawConfig['cache']): CacheRow | undefined {
  if (raw === undefined) return undefined;
  const { maxSize, folder, remote } = raw;
  return {
    ...(maxSize === undefined ? {} : { maxBytes: sizeBytes(maxSize) }),
    ...(folder === undefined ? {} : { folder }),
    ...(remote === undefined ? {} : { remote: normaliseRemote(remote) }),
  };
}

function normaliseRemote({
  url,
  mode = 'read',
  timeout,
}: NonNullable<NonNullable<RawConfig['cache']>['remote']>): NonNullable<CacheRow['remote']> {
  return { url, mode, ...(timeout === undefined ? {} : { timeoutMs: durationMs(timeout) }) };
}
