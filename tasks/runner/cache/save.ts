import { lstatSync, readlinkSync } from 'node:fs';
import { digestAt, type Snapshot } from '../fresh/snapshot.ts';
import { kindIn, kinds, sameStamp, sizeIn, stampFile, stampLength } from '../fresh/stamp.ts';
import { placeOf } from '../fresh/walk.ts';
import type { ActionResult, StoredFile } from './action-result.ts';
import type { Store } from './store.ts';

/** A snapshot of outputs as a result; undefined where it has something that cannot be restored elsewhere. */
export function resultOf(root: string, outputs: Snapshot, folders: readonly string[]): ActionResult | undefined {
  const { paths, stamps } = outputs;
  const files: StoredFile[] = [];
  const links: { path: string; target: string }[] = [];
  for (const [row, path] of paths.entries()) {
    const kind = kindIn(stamps, row);
    const at = placeOf(root, path);
    const isOdd = path.includes('\\x') && lstatSync(at, { throwIfNoEntry: false }) === undefined;
    if (isOdd) return undefined;
    if (kind === kinds.link) links.push({ path, target: readlinkSync(at) });
    else if (kind === kinds.file || kind === kinds.program) {
      const isProgram = kind === kinds.program;
      const mode = unusualMode(at, isProgram);
      files.push({ path, digest: digestAt(outputs, row), size: sizeIn(stamps, row), isProgram, mode });
    } else return undefined;
  }
  return { files, links, folders };
}

/** The permissions with which programs make files, before the user's mask takes some away. */
export function modeOfNew(isProgram: boolean): number {
  return isProgram ? 0o777 : 0o666;
}

/** Permissions that the mask of whoever restores cannot tell: by the saver's own mask alone, a private key may look usual. */
function unusualMode(at: string, isProgram: boolean): number | undefined {
  const mode = lstatSync(at).mode & 0o777;
  return mode === (isProgram ? 0o755 : 0o644) ? undefined : mode;
}

/** Copies outputs into the store, and their result last, so that it never names what is not there. */
export function saveResult(store: Store, root: string, key: string, outputs: Snapshot, result: ActionResult): boolean {
  const rows = new Map(outputs.paths.map((path, row) => [path, row]));
  for (const { path, digest, size } of result.files) {
    if (store.has(digest, size)) continue;
    store.putFile(placeOf(root, path), digest);
    const wasTouched = !isAsBefore(root, path, outputs, rows.get(path) ?? 0);
    if (wasTouched) {
      store.forget('cas', digest);
      return false;
    }
  }
  store.writeResult(key, result);
  return true;
}

/** Whether a file still has the stamp that it had when its digest was calculated. */
function isAsBefore(root: string, path: string, { stamps }: Snapshot, row: number): boolean {
  const now = new Float64Array(stampLength);
  stampFile(placeOf(root, path), now, 0, { followsLinks: false });
  return sameStamp(now, 0, stamps, row);
}
