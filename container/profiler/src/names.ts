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
const REMEDY =
  'remove it, and write it anew: `npx tasks status` does so for the stack of `npx tasks up`, elsewhere the commands of docs/production.md do';

/** Makes a function that looks at the list. */
export function watchNames(path: string): () => NamesLook {
  let seen = '';
  let senseless = '';
  return () => {
    try {
      const stamp = stampOf(path);
      if (stamp === undefined || stamp === seen) return AS_BEFORE;
      // A list that cannot be read yet is looked at again.
      seen = '';
      const text = readFileSync(path, 'utf8');
      const names = parseContainers(text);
      if (names === undefined) {
        // It may be half written; one that stays as it is has been.
        const isWhole = stamp === senseless && text.trim() !== '';
        senseless = stamp;
        return isWhole ? unreadable(path, 'it is not a list of `{"id":…,"name":…}`') : AS_BEFORE;
      }
      seen = stamp;
      return { state: 'changed', names };
    } catch (error) {
      if (!isOfSystem(error)) throw error;
      // Removed since it was looked at.
      if (error.code === 'ENOENT') return AS_BEFORE;
      return unreadable(path, error.code ?? 'no reason');
    }
  };
}

function unreadable(path: string, why: string): NamesLook {
  return {
    state: 'unreadable',
    why: `\`${path}\` cannot be read (${why}), so containers have no new names: ${REMEDY}`,
  };
}

/** The time of the last change of its rights counts too: it is what makes a list readable, or no longer. */
function stampOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}
