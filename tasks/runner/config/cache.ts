import { join } from 'node:path';
import type { Host } from '../host.ts';
import type { Config } from './types.ts';

/** A checked config with everything that it was made of; as long as all of that is the same, so is the config. */
type Entry = {
  readonly buildId: string;
  readonly text: string;
  readonly messagesText: string | undefined;
  readonly config: Config;
};

type CacheHost = Pick<Host, 'readText' | 'replaceFile' | 'buildId'>;

/** The config of an earlier run, where nothing has changed since. */
export async function readCached(host: CacheHost, root: string, text: string): Promise<Config | undefined> {
  const entry = parse(await host.readText(fileIn(root)));
  const isOfThis = entry?.buildId === host.buildId && entry.text === text;
  if (entry === undefined || !isOfThis) return undefined;
  const hasSameMessages = (await readMessages(host, root, entry.config)) === entry.messagesText;
  return hasSameMessages ? entry.config : undefined;
}

/** Keeps a config for later runs; where that is not allowed, they are only slower. */
export async function writeCached(
  host: CacheHost,
  root: string,
  { text, config }: Pick<Entry, 'text' | 'config'>,
): Promise<void> {
  const entry: Entry = { buildId: host.buildId, text, messagesText: await readMessages(host, root, config), config };
  const ignore = join(root, '.tasks', '.gitignore');
  if ((await host.readText(ignore)) === undefined) await host.replaceFile(ignore, '*\n');
  await host.replaceFile(fileIn(root), JSON.stringify(entry));
}

function fileIn(root: string): string {
  return join(root, '.tasks', 'cache', 'config.json');
}

async function readMessages(host: CacheHost, root: string, config: Config): Promise<string | undefined> {
  return config.messagesFile === undefined ? undefined : await host.readText(join(root, config.messagesFile));
}

/** A damaged file is no entry: the config is then read anew and the file replaced. */
function parse(text: string | undefined): Entry | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Entry);
  } catch {
    return undefined;
  }
}
