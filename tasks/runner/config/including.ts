import { dirname, join, relative } from 'node:path';
import { UserError } from '../errors.ts';
import { type Host, isErrno } from '../host.ts';
import { leavesProject } from '../text/paths.ts';
import { isTrusted } from './trust.ts';
import type { Config } from './types.ts';

type ReadHost = Pick<Host, 'cwd' | 'user' | 'readText' | 'realPath' | 'exists' | 'ownersOf'>;

type Search = {
  /** Where the nearest config lies. */
  readonly folder: string;
  /** What a config is called. */
  readonly name: string;
  readonly load: (folder: string, text: string) => Promise<Config>;
};

/** A config above, and the namespace in it of the file that it includes; none where it is too wrong to say. */
type Including = { readonly root: string; readonly text: string; readonly from: string | undefined };

/** The outermost config above that includes the nearest one. A file that says nothing of `include` costs no more than to be read. */
export async function findIncluding(host: ReadHost, search: Search): Promise<Including | undefined> {
  const { folder, name } = search;
  let found: Including | undefined;
  for (let above = folder; above !== dirname(above); ) {
    above = dirname(above);
    const path = join(above, name);
    // Most folders have none, and to fail to read costs more than to look.
    const text =
      host.exists(path) && isTrusted(host, path, join(folder, name)) ? await readAbove(host, path) : undefined;
    if (text?.includes('include') === true) found = (await asIncluding(host, search, { root: above, text })) ?? found;
  }
  return found;
}

/**
 * The namespaces of the included files that lie where the command was typed, or above that but below the nearest config. Of files
 * in one folder those count that no other of them includes.
 */
export async function findIncluded(
  { cwd, realPath }: Pick<Host, 'cwd' | 'realPath'>,
  { root, below, scopes }: Pick<Config, 'scopes'> & { readonly root: string; readonly below: string },
): Promise<readonly string[]> {
  if (cwd === below) return [];
  const rows = await Promise.all(
    Object.entries(scopes).map(async ([namespace, { file }]) => {
      return { namespace, file, folder: await realPath(dirname(join(root, file))) };
    }),
  );
  const isIn = (folder: string, outer: string): boolean => !leavesProject(relative(outer, folder));
  const around = rows.filter(({ folder }) => folder !== below && isIn(folder, below) && isIn(cwd, folder));
  const deepest = Math.max(...around.map(({ folder }) => folder.length));
  const nearest = around.filter(({ folder }) => folder.length === deepest);
  return nearest
    .filter(({ namespace, file }, index) => {
      const isIncluded = nearest.some((other) => namespace.startsWith(`${other.namespace}:`));
      const isTwin = nearest.slice(0, index).some((other) => other.file === file);
      return !isIncluded && !isTwin;
    })
    .map(({ namespace }) => namespace);
}

async function asIncluding(
  host: ReadHost,
  { folder, name, load }: Search,
  { root, text }: { readonly root: string; readonly text: string },
): Promise<Including | undefined> {
  const nearest = await host.realPath(join(folder, name));
  try {
    const config = await load(root, text);
    for (const [from, { file }] of Object.entries(config.scopes))
      if ((await host.realPath(join(root, file))) === nearest) return { root, text, from };
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // The mistakes of a config that is nothing to us are not ours either.
    const { includesFile } = await import('./check.ts');
    const isOurs = await includesFile(host, { file: join(root, name), text }, nearest);
    return isOurs ? { root, text, from: undefined } : undefined;
  }
}

/** What others do not let us read, or what is no file, does not include us. */
async function readAbove(host: ReadHost, path: string): Promise<string | undefined> {
  try {
    return await host.readText(path);
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EFTYPE')) return undefined;
    throw error;
  }
}
