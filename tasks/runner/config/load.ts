import { dirname, join, relative } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import type { Host } from '../host.ts';
import { shellQuote } from '../text/shell/quote.ts';
import { readCached, writeCached } from './cache.ts';
import { configName } from './config-name.ts';
import { type Environment, readEnvironment } from './dotenv.ts';
import { findIncluded, findIncluding } from './including.ts';
import { withPrograms } from './programs.ts';
import { findForeign, isTrusted } from './trust.ts';
import type { Config } from './types.ts';

/** A project: its folder, what its config says, and the environment that its `dotenv` files make. */
export type Project = Environment & { readonly root: string; readonly config: Config };

/** Finds the config in this folder or above, reads it and checks all of it; throws every problem at once. */
export async function loadProject(host: LoadHost): Promise<Project> {
  const nearest = await findConfig(host);
  // What is only looked at on the way is nothing that a watch need follow.
  const onTheWay = { ...host, readText: host.peekText ?? host.readText };
  const load = (folder: string, text: string): Promise<Config> => loadConfig(onTheWay, folder, text);
  const including = await findIncluding(onTheWay, { folder: nearest.root, name: configName, load });
  const { root, text } = including ?? nearest;
  const whole = await loadConfig(host, root, text);
  const foreign = findForeign(host, join(root, configName), ['.tasks', 'node_modules', ...dotenvOf(whole)]);
  if (foreign !== undefined) throw ofAnybody(root, foreign);
  const included = await findIncluded(host, { root, below: nearest.root, scopes: whole.scopes });
  const from = included.length > 0 ? included : [including?.from ?? []].flat();
  const config = from.length === 0 ? whole : { ...whole, from };
  const { env, dotenv } = await readEnvironment(host, root, config);
  return { root, config, env: withPrograms(env, host, root), dotenv };
}

async function loadConfig(host: LoadHost, root: string, text: string): Promise<Config> {
  const file = { path: join(root, configName), text };
  const cached = await readCached(host, file, root);
  if (cached !== undefined) return cached;
  // Loaded only now: the parser and the validator cost more than all the rest of a start.
  const { checkConfig } = await import('./check.ts');
  const files = [file];
  const readText = async (path: string): Promise<string | undefined> => {
    const found = await host.readText(path);
    if (found !== undefined) files.push({ path, text: found });
    return found;
  };
  const config = await checkConfig({ ...host, readText }, file.path, text);
  await writeCached(host, root, { files, config });
  return config;
}

type LoadHost = Pick<
  Host,
  | 'cwd'
  | 'env'
  | 'user'
  | 'readText'
  | 'readPipe'
  | 'realPath'
  | 'exists'
  | 'ownersOf'
  | 'isSticky'
  | 'replaceFile'
  | 'buildId'
> & {
  /** Reads without being noticed, where the reader of `readText` remembers. */
  readonly peekText?: Host['readText'];
};

async function findConfig(
  host: Pick<Host, 'cwd' | 'user' | 'ownersOf' | 'readText'>,
): Promise<{ readonly root: string; readonly text: string }> {
  for (let folder = host.cwd; ; folder = dirname(folder)) {
    const path = join(folder, configName);
    const text = await host.readText(path).catch((error: unknown) => {
      const shown = relative(host.cwd, path);
      throw new UserError('config', [{ message: `\`${shown}\` cannot be read: ${messageOf(error)}` }]);
    });
    if (text !== undefined && folder !== host.cwd && !isTrusted(host, path, host.cwd)) throw ofOthers(host.cwd, folder);
    if (text !== undefined) return { root: folder, text };
    if (folder === dirname(folder)) break;
  }
  const { noConfig } = await import('./misnamed.ts');
  throw new UserError('config', [await noConfig(host)]);
}

/** What it says was not written for us: it would have us run it. */
function ofOthers(cwd: string, folder: string): UserError {
  const place = relative(cwd, folder);
  const message = `\`${join(place, configName)}\` belongs to another user, and is not used from a folder that is not theirs`;
  return new UserError('config', [{ message, hint: `if you trust it, go there: \`cd ${place}\`` }]);
}

function dotenvOf({ dotenv, scopes }: Config): readonly string[] {
  return [...dotenv, ...Object.values(scopes).flatMap((scope) => scope.dotenv)];
}

/** It can hold a config that is not the one beside it, or programs and settings of somebody else. */
function ofAnybody(root: string, name: string): UserError {
  const path = shellQuote(join(root, name));
  const message = `\`${name}\` belongs to another user, and in ${root} others may make files: it could have commands of theirs run`;
  const hint = `move the project to a folder of your own, or, if you trust it, make it yours: \`sudo chown -R "$(id -un)" ${path}\``;
  return new UserError('config', [{ message, hint }]);
}
