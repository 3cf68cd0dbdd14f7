import { join } from 'node:path';
import type { CacheRow } from '../config/types.ts';
import { usageError } from '../errors.ts';
import type { Env } from '../host.ts';

/** What the config and the environment say about the cache. */
export type CacheSettings = {
  /** From the project's folder, or absolute. */
  readonly folder: string;
  readonly maxBytes: number;
  readonly remote: RemoteSettings | undefined;
};

export type RemoteSettings = {
  readonly url: string;
  readonly mode: RemoteMode;
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
};

export type RemoteMode = 'read' | 'read-write';

const defaultFolder = '.tasks/cache/store';
/** What is in a folder that somebody names may be theirs: what is cleaned up lies below this name alone. */
const ownName = 'tasks-cache';
const defaultBytes = 5 * 1024 ** 3;
const defaultTimeoutMs = 10_000;
const modes = ['off', 'local', 'read', 'read-write'] as const;

/** Reads the settings; the environment wins over the config. Undefined where the cache is switched off. */
export function readCacheSettings(row: CacheRow | undefined, env: Env): CacheSettings | undefined {
  const wanted = readMode(env.TASKS_CACHE);
  if (wanted === 'off') return undefined;
  const { remote } = row ?? {};
  const url = given(env.TASKS_CACHE_URL) ?? remote?.url;
  const token = given(env.TASKS_CACHE_TOKEN);
  const folder = given(env.TASKS_CACHE_FOLDER) ?? row?.folder;
  const hasRemote = url !== undefined && wanted !== 'local';
  return {
    folder: folder === undefined ? defaultFolder : join(folder, ownName),
    maxBytes: row?.maxBytes ?? defaultBytes,
    remote: !hasRemote
      ? undefined
      : {
          url: checkUrl(url),
          mode: wanted ?? remote?.mode ?? 'read',
          timeoutMs: remote?.timeoutMs ?? defaultTimeoutMs,
          headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
        },
  };
}

function readMode(text: string | undefined): (typeof modes)[number] | undefined {
  if (given(text) === undefined) return undefined;
  const mode = modes.find((candidate) => candidate === text);
  if (mode !== undefined) return mode;
  throw usageError(`\`TASKS_CACHE\` is \`off\`, \`local\`, \`read\` or \`read-write\`, not \`${text}\``);
}

function checkUrl(url: string): string {
  const isHttp = /^\s*https?:\/\//i.test(url);
  if (isHttp && URL.canParse(url)) return url;
  const problem = isHttp
    ? 'cannot be read: a host follows `//`, such as `cache.example.com:8080` or `[::1]:8080`'
    : 'must begin with `http://` or `https://`';
  throw usageError(`the URL of the cache (\`TASKS_CACHE_URL\`, or \`url\` in the config) ${problem}`);
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
