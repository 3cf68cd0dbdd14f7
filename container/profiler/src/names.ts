/** The list of containers that `up` writes beside the traces. */
import { readFileSync, statSync } from 'node:fs';
import { type KnownContainer, parseContainers } from './identity.ts';

/** Makes a function that gives the list where it has changed since the last call. A file that is not there names nothing. */
export function watchNames(path: string): () => ReadonlyMap<string, KnownContainer> | undefined {
  let seen = '';
  return () => {
    const stamp = stampOf(path);
    if (stamp === undefined || stamp === seen) return undefined;
    const names = parseContainers(readFileSync(path, 'utf8'));
    // A list that cannot be read yet is looked at again.
    if (names !== undefined) seen = stamp;
    return names;
  };
}

function stampOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}
