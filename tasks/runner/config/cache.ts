import { join, relative } from 'node:path';
import { attempt } from '../attempt.ts';
import type { Host } from '../host.ts';
import { checksumOf } from '../text/checksum.ts';
import { configName } from './config-name.ts';
import type { Config } from './types.ts';

/** A checked config with everything that it was made of; as long as all of that is the same, so is the config. */
type Entry = {
  readonly buildId: string;
  /** Each file that was read, by its path from the root, with its text. */
  readonly files: Readonly<Record<string, string>>;
  readonly config: Config;
};

type CacheHost = Pick<Host, 'readText' | 'replaceFile' | 'buildId'>;

/** The config of an earlier run, where nothing has changed since. `text` is that of the file at the root. */
export async function readCached(host: CacheHost, file: FileText, root: string): Promise<Config | undefined> {
  const entry = parse(await readIfAllowed(host, fileIn(root)));
  if (entry?.buildId !== host.buildId) return undefined;
  const { [configName]: text, ...others } = entry.files;
  if (text !== file.text) return undefined;
  const texts = await Promise.all(Object.keys(others).map((path) => readIfAllowed(host, join(root, path))));
  const isSame = Object.values(others).every((other, index) => other === texts[index]);
  return isSame ? entry.config : undefined;
}

export type FileText = { readonly path: string; readonly text: string };

/** Keeps a config for later runs; where that is not allowed, they are only slower. */
export async function writeCached(
  host: CacheHost,
  root: string,
  { files, config }: { readonly files: readonly FileText[]; readonly config: Config },
): Promise<void> {
  const texts = Object.fromEntries(files.map(({ path, text }) => [relative(root, path), text]));
  const entry: Entry = { buildId: host.buildId, files: texts, config };
  const ignore = join(root, '.tasks', '.gitignore');
  const isIgnored = (await readIfAllowed(host, ignore)) !== undefined;
  attempt(() => {
    if (!isIgnored) host.replaceFile(ignore, '*\n');
    const text = JSON.stringify(entry);
    host.replaceFile(fileIn(root), `${headOf(text)}${text}}`);
  }, undefined);
}

/** What another user's run has left may be for nobody else to read. */
async function readIfAllowed(host: Pick<Host, 'readText'>, path: string): Promise<string | undefined> {
  return await host.readText(path).catch(() => undefined);
}

function fileIn(root: string): string {
  return join(root, '.tasks', 'cache', 'config.json');
}

/**
 * A damaged file is no entry: the config is then read anew and the file replaced. The checksum tells damage, which could make
 * another command of one that was checked; who may write here may write the config, too.
 */
function parse(file: string | undefined): Entry | undefined {
  const text = file?.slice(headLength, -1) ?? '';
  return file === `${headOf(text)}${text}}` ? (JSON.parse(text) as Entry) : undefined;
}

function headOf(text: string): string {
  return `{"checksum":"${checksumOf(Buffer.from(text)).toString('hex')}","entry":`;
}

const headLength = headOf('').length;
