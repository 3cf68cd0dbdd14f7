import type { Tracked } from '../plan/track.ts';
import { digestOfText } from '../text/digest.ts';
import { digestBytes } from './digest.ts';
import { compilePatterns, ofEditors } from './glob.ts';
import type { Record } from './record.ts';
import { type Look, noFiles, type Snapshot, takeSnapshot } from './snapshot.ts';
import { isTrustworthy, kindIn, kinds, sameStamp, stampFile, stampLength } from './stamp.ts';
import { type Found, findFiles, placeOf, shortPlaces } from './walk.ts';

/** The inputs as they are now, and where they were looked for. */
export type InputLook = Look & Pick<Record, 'folders' | 'globs'>;

/** What an earlier look has seen. */
export type KnownInputs = Pick<Record, 'inputs' | 'folders' | 'globs'>;

/** Finds and reads the inputs. Folders are listed only where one of them has changed since the last look. */
export async function lookAtInputs(
  root: string,
  tracked: Pick<Tracked, 'inputs'>,
  known: KnownInputs | undefined,
  fileClockMs: () => number,
): Promise<InputLook> {
  const globs = digestOfText(JSON.stringify(tracked.inputs));
  const options = { root, fileClockMs, followsLinks: true };
  const isListed = known !== undefined && known.globs === globs && foldersAreSame(root, known.folders);
  if (isListed) {
    const found: Found = { paths: known.inputs.paths, raw: new Map(), folders: [], unreadable: [] };
    const look = await takeSnapshot(found, known.inputs, options);
    if (!linksChanged(known.inputs, look.snapshot)) return { ...look, folders: known.folders, globs };
  }
  const takenMs = fileClockMs();
  const found = findFiles(root, compilePatterns(tracked.inputs, ofEditors), options);
  const look = await takeSnapshot(found, known?.inputs ?? noFiles, options);
  return { ...look, isKnown: false, folders: stampFolders(root, found, takenMs), globs };
}

const lookingInto = { followsLinks: true, isLookedInto: true };

function foldersAreSame(root: string, folders: Snapshot): boolean {
  const now = new Float64Array(stampLength);
  const placeOf = shortPlaces(root);
  return (
    folders.paths.length > 0 &&
    folders.paths.every((path, row) => {
      stampFile(placeOf(path), now, 0, lookingInto);
      return sameStamp(now, 0, folders.stamps, row) && isTrustworthy(now, 0, folders.takenMs);
    })
  );
}

/** Behind a link that led nowhere there may now be a folder. */
function linksChanged(before: Snapshot, now: Snapshot): boolean {
  if (before === now) return false;
  return now.paths.some(
    (_, row) => kindIn(now.stamps, row) === kinds.link && !sameStamp(before.stamps, row, now.stamps, row),
  );
}

/** Nothing is kept where a name is odd or a folder unreadable: then all is looked for each time. */
function stampFolders(root: string, { folders, raw, unreadable }: Found, takenMs: number): Snapshot {
  if (raw.size > 0 || unreadable.length > 0) return noFiles;
  const stamps = new Float64Array(folders.length * stampLength);
  for (const [row, path] of folders.entries()) stampFile(placeOf(root, path), stamps, row, lookingInto);
  return { paths: folders, stamps, digests: Buffer.alloc(folders.length * digestBytes), takenMs };
}
