import { delimiter, dirname, join, relative } from 'node:path';
import type { Env, Host } from '../host.ts';
import { leavesProject } from '../text/paths.ts';
import { isTrusted } from './trust.ts';

type LookingHost = Pick<Host, 'exists' | 'ownersOf' | 'user'>;

/**
 * The environment with a PATH on which the programs of the project's npm packages come first, as they do for `npx` and for npm's
 * scripts: so a command is the same however the runner was started. Of folders above the project only those count that nobody
 * else could have put there.
 */
export function withPrograms(env: Env, host: LookingHost, root: string): Env {
  // Most folders have none, and to ask whose it is costs more than to look.
  const isOurs = (folder: string): boolean =>
    host.exists(folder) && [folder, dirname(folder)].every((path) => isTrusted(host, path, root));
  const above = foldersUpTo('/', dirname(root)).map(programsOf).filter(isOurs);
  return withFirst(env, [...installedIn(host, root), ...above]);
}

/** The same for a task in a folder below the root, which may have packages of its own. */
export function withProgramsBelow(env: Env, host: LookingHost, { root, cwd }: { root: string; cwd: string }): Env {
  const isBelow = cwd !== root && !leavesProject(relative(root, cwd));
  if (!isBelow) return env;
  const folders = foldersUpTo(root, cwd).filter((folder) => folder !== root);
  return withFirst(
    env,
    folders.flatMap((folder) => installedIn(host, folder)),
  );
}

/** Also what is still to be installed, as by a task. */
function installedIn({ exists }: LookingHost, folder: string): readonly string[] {
  const hasPackages = exists(join(folder, 'package.json')) || exists(join(folder, 'node_modules'));
  return hasPackages ? [programsOf(folder)] : [];
}

function programsOf(folder: string): string {
  return join(folder, 'node_modules', '.bin');
}

/** A folder and those above it, the innermost first. */
function foldersUpTo(outermost: string, folder: string): readonly string[] {
  const isLast = folder === outermost || folder === dirname(folder);
  return isLast ? [folder] : [folder, ...foldersUpTo(outermost, dirname(folder))];
}

function withFirst(env: Env, folders: readonly string[]): Env {
  const { PATH } = env;
  if (PATH === undefined) return env;
  const there = new Set(PATH.split(delimiter));
  const missing = folders.filter((folder) => !there.has(folder));
  return missing.length === 0 ? env : { ...env, PATH: [...missing, PATH].join(delimiter) };
}
