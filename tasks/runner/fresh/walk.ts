import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { attempt } from '../attempt.ts';
import { UserError } from '../errors.ts';
import { isErrno } from '../host.ts';
import type { Patterns } from './glob.ts';
import { lookAt } from './stamp.ts';

/** What a search found, in an order that depends on names only. */
export type Found = {
  readonly paths: readonly string[];
  /** The bytes of names that are no UTF-8, by the path under which they are listed. */
  readonly raw: ReadonlyMap<string, Buffer>;
  /** What was looked into: as long as these are the same, the search would find the same. */
  readonly folders: readonly string[];
  /** Folders that could not be read. */
  readonly unreadable: readonly string[];
};

type Search = {
  readonly root: string;
  readonly patterns: Patterns;
  readonly followsLinks: boolean;
  readonly followsRoots?: boolean;
  readonly paths: string[];
  readonly raw: Map<string, Buffer>;
  readonly folders: string[];
  readonly unreadable: string[];
  /** The real folders into which links led, and how often one led into a folder again. */
  readonly behindLinks: Set<string>;
  repeated: number;
};

/** A folder on the way: as it is listed, as the system knows it, and the real places from which links led here. */
type Folder = { readonly path: string; readonly at: string | Buffer; readonly trail: readonly string[] };

/**
 * Finds all files, links and special files that the patterns include. Links to folders are followed where `followsLinks`
 * says so, but never into a folder that holds them: that would not end. With `followsRoots` only those at which a search begins.
 * These may lead anywhere, since a glob names them.
 */
export function findFiles(
  root: string,
  patterns: Patterns,
  options: Pick<Search, 'followsLinks' | 'followsRoots'>,
): Found {
  const found = { paths: [], raw: new Map(), folders: [], unreadable: [] };
  const search: Search = { root, patterns, ...options, ...found, behindLinks: new Set(), repeated: 0 };
  for (const path of patterns.roots) visitRoot(search, path);
  return search;
}

/** Where a listed path lies. */
export function placeOf(root: string, path: string): string {
  return path.startsWith('/') ? path : path === '' ? root : `${root}/${path}`;
}

/**
 * The same for what is looked at before anything else can happen: where the process is in the root, a shorter path, which the
 * system finds sooner.
 */
export function shortPlaces(root: string): (path: string) => string {
  const isHere = resolve() === root;
  return isHere ? (path) => (path === '' ? '.' : path) : (path) => placeOf(root, path);
}

function visitRoot(search: Search, path: string): void {
  const at = placeOf(search.root, path);
  search.folders.push(path);
  const stat = lookAt(at);
  if (stat === 'hidden') search.unreadable.push(path);
  if (stat === undefined || stat === 'hidden') return;
  const isFollowed = search.followsLinks || search.followsRoots === true;
  const isFolder = stat.isDirectory() || (isFollowed && isFolderBehind(at));
  if (isFolder) visitFolder(search, { path, at, trail: [] });
  else if (search.patterns.includes(path)) search.paths.push(path);
}

function visitFolder(search: Search, folder: Folder): void {
  const prefix = folder.path === '' || folder.path === '/' ? folder.path : `${folder.path}/`;
  for (const { entry, name, bytes } of list(search, folder)) {
    const path = prefix + name;
    const at = bytes === undefined ? `${String(folder.at)}/${name}` : join(folder.at, bytes);
    if (entry.isDirectory()) {
      if (!search.patterns.mayHold(path)) continue;
      search.folders.push(path);
      visitFolder(search, { path, at, trail: folder.trail });
      continue;
    }
    const isFollowed = entry.isSymbolicLink() && search.followsLinks && followLink(search, folder, path, at);
    if (isFollowed || !search.patterns.includes(path)) continue;
    search.paths.push(path);
    if (bytes !== undefined) search.raw.set(path, at as Buffer);
  }
}

type Entry = { readonly entry: Dirent | Dirent<Buffer>; readonly name: string; readonly bytes: Buffer | undefined };

function list(search: Search, { path, at }: Folder): readonly Entry[] {
  try {
    const entries = readdirSync(at, { withFileTypes: true });
    const isPlain = typeof at === 'string' && !entries.some(({ name }) => name.includes('\uFFFD'));
    const all = isPlain
      ? entries.map((entry): Entry => ({ entry, name: entry.name, bytes: undefined }))
      : (readdirSync(at, { withFileTypes: true, encoding: 'buffer' }) as unknown as Dirent<Buffer>[]).map(
          (entry): Entry => ({ entry, name: printable(entry.name), bytes: entry.name }),
        );
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const isGone = isErrno(error, 'ENOENT', 'ENOTDIR');
    if (!isGone) search.unreadable.push(path);
    return [];
  }
}

/** Goes on behind a link to a folder; false where it is no such link, or one that leads back up. */
function followLink(search: Search, folder: Folder, path: string, at: string | Buffer): boolean {
  if (!isFolderBehind(at) || !search.patterns.mayHold(path)) return false;
  // Somebody may take it away meanwhile.
  const [target, here] = [at, folder.at].map((place) => attempt(() => realpathSync.native(place), undefined));
  if (target === undefined || here === undefined) return false;
  const trail = [...folder.trail, here];
  const leadsBack = trail.some((place) => place === target || target === '/' || place.startsWith(`${target}/`));
  if (leadsBack) return false;
  if (search.behindLinks.has(target)) search.repeated++;
  search.behindLinks.add(target);
  if (search.repeated > mostRepeated)
    throw new UserError('config', [
      {
        message: `symbolic links lead to \`${target}\` and similar folders in more than ${mostRepeated} ways, such as \`${path.slice(0, 80)}\``,
        hint: "leave them out, as with `'!**/node_modules/**'` at the end of the globs",
      },
    ]);
  search.folders.push(path);
  visitFolder(search, { path, at, trail });
  return true;
}

/** Each folder with two links to a next one doubles the ways: no walk along all of them would end. */
const mostRepeated = 10_000;

/** Whether a path leads to a folder, in the end. */
export function isFolderBehind(at: string | Buffer): boolean {
  return attempt(() => statSync(at).isDirectory(), false);
}

/** A name whose bytes are no UTF-8, so that it can be shown and told from others. */
function printable(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD')
    ? bytes.toString('latin1').replace(/[\x80-\xFF]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
    : text;
}

function join(folder: string | Buffer, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), name]);
}
