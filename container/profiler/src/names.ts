/** The list of containers that `up` writes beside the traces. */
import { readFileSync, type Stats, statSync } from 'node:fs';
import { isOfSystem } from './errors.ts';
import { type KnownContainer, parseContainers } from './identity.ts';

/** What a look at the list has brought. A list that is not there names nothing, and is as it was. */
export type NamesLook =
  | { readonly state: 'as-before' }
  | { readonly state: 'changed'; readonly names: ReadonlyMap<string, KnownContainer> }
  | { readonly state: 'unreadable'; readonly why: string };

/** Tens of thousands of containers have less. */
const MAX_LIST_BYTES = 16 << 20;
const AS_BEFORE: NamesLook = { state: 'as-before' };
const REMEDY =
  'remove it, and write it anew: `npx tasks status` does so for the stack of `npx tasks up`, elsewhere the commands of docs/production.md do';

/** Makes a function that looks at the list. */
export function watchNames(path: string): () => NamesLook {
  let seen = '';
  let senseless = '';
  return () => {
    try {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined || stampOf(stat) === seen) return AS_BEFORE;
      const objection = objectionTo(stat);
      if (objection !== undefined) return unreadable(path, objection);
      // A list that cannot be read yet is looked at again.
      seen = '';
      const stamp = stampOf(stat);
      const text = readFileSync(path, 'utf8');
      const names = parseContainers(text);
      if (names === undefined) {
        // It may be half written; one that stays as it is has been.
        const isWhole = stamp === senseless && text.trim() !== '';
        senseless = stamp;
        return isWhole ? unreadable(path, 'cannot be read (it is not a list of `{"id":…,"name":…}`)') : AS_BEFORE;
      }
      seen = stamp;
      return { state: 'changed', names };
    } catch (error) {
      if (!isOfSystem(error)) throw error;
      // Removed since it was looked at.
      if (error.code === 'ENOENT') return AS_BEFORE;
      return unreadable(path, `cannot be read (${error.code ?? 'no reason'})`);
    }
  };
}

/** Why it is not even opened: one would wait for whoever writes into a pipe, and read without end from some devices. */
function objectionTo(stat: Stats): string | undefined {
  // The system says so itself of a folder.
  if (!stat.isFile() && !stat.isDirectory()) return 'is no file';
  return stat.size > MAX_LIST_BYTES ? 'is larger than 16 MiB' : undefined;
}

function unreadable(path: string, what: string): NamesLook {
  return { state: 'unreadable', why: `\`${path}\` ${what}, so containers have no new names: ${REMEDY}` };
}

/** The time of the last change of its rights counts too: it is what makes a list readable, or no longer. */
function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}
