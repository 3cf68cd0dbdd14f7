/** The list of containers that `up` writes beside the traces. */
import { readFileSync, statSync } from 'node:fs';
import { isOfSystem } from './errors.ts';
import { type KnownContainer, parseContainers } from './identity.ts';

/** What a look at the list has brought. A list that is not there names nothing, and is as it was. */
export type NamesLook =
  | { readonly state: 'as-before' }
  | { readonly state: 'changed'; readonly names: ReadonlyMap<string, KnownContainer> }
  | { readonly state: 'unreadable'; readonly why: string };

const AS_BEFORE: NamesLook = { state: 'as-before' };

/** Makes a function that looks at the list. */
export function watchNames(path: string): () => NamesLook {
  let seen = '';
  return () => {
    try {
      const stamp = stampOf(path);
      if (stamp === undefined || stamp === seen) return AS_BEFORE;
      // A list that cannot be read yet is looked at again.
      seen = '';
      const names = parseContainers(readFileSync(path, 'utf8'));
      if (names === undefined) return AS_BEFORE;
      seen = stamp;
      return { state: 'changed', names };
    } catch (error) {
      if (!isOfSystem(error)) throw error;
      // Removed since it was looked at.
      if (error.code === 'ENOENT') return AS_BEFORE;
      const remedy = 'remove it, and run `npx tasks status`, which writes it anew';
      return {
        state: 'unreadable',
        why: `\`${path}\` cannot be read (${error.code}), so containers have no new names: ${remedy}`,
      };
    }
  };
}

/** The time of the last change of its rights counts too: it is what makes a list readable, or no longer. */
function stampOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}
