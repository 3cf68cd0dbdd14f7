import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { attempt } from '../attempt.ts';
import { readFileClock } from '../fresh/clock.ts';
import { type InputLook, type KnownInputs, lookAtInputs } from '../fresh/inputs.ts';
import { digestAt, makeFinder, noFiles, type Snapshot } from '../fresh/snapshot.ts';
import { kindIn, kinds } from '../fresh/stamp.ts';
import { placeOf } from '../fresh/walk.ts';
import type { Host } from '../host.ts';
import type { Gaze } from './gaze.ts';

/** Remembers, for each task, the content of what it reads as it was at its last turn. */
export type Looks = {
  /** What has changed for which tasks since then; forgotten by `accept`. */
  readonly changes: (gazes: readonly Gaze[]) => Promise<ReadonlyMap<string, readonly string[]>>;
  /** Of what has changed, the files that were not there before or are gone. */
  readonly comeOrGone: () => ReadonlySet<string>;
  /** Takes what was seen last for what the tasks know. */
  readonly accept: (tasks: Iterable<string>) => void;
  /** Looks now, just before a task runs: what comes later is a change. */
  readonly refresh: (gaze: Gaze) => Promise<void>;
  /** Forgets the tasks that are not among these. */
  readonly keep: (gazes: readonly Gaze[]) => void;
  /** The folders in which a change can show itself, as of the last looks. */
  readonly folders: () => ReadonlySet<string>;
};

/** Makes it, knowing nothing: the first look at a task is what it knows. */
export function makeLooks(host: Pick<Host, 'dateMs'>, root: string): Looks {
  const last = new Map<string, KnownInputs>();
  const accepted = new Map<string, Snapshot>();
  const look = async (gaze: Gaze): Promise<InputLook> => {
    const seen = await lookAtInputs(root, { inputs: gaze.globs }, last.get(gaze.task), () => readFileClock(host, root));
    last.set(gaze.task, { inputs: seen.snapshot, folders: seen.folders, globs: seen.globs });
    return seen;
  };
  return {
    changes: async (gazes) => {
      const changes = new Map<string, readonly string[]>();
      for (const gaze of gazes) {
        const { snapshot } = await look(gaze);
        const before = accepted.get(gaze.task);
        if (before === undefined) accepted.set(gaze.task, snapshot);
        else if (before !== snapshot) {
          const paths = differing(before, snapshot).filter((path) => !gaze.isOutput(path));
          if (paths.length > 0) changes.set(gaze.task, paths);
        }
      }
      return changes;
    },
    comeOrGone: () => {
      const found = new Set<string>();
      for (const [task, { paths: before }] of accepted) {
        const now = last.get(task)?.inputs.paths ?? before;
        if (now === before) continue;
        const [wasThere, isThere] = [new Set(before), new Set(now)];
        for (const path of now) if (!wasThere.has(path)) found.add(path);
        for (const path of before) if (!isThere.has(path)) found.add(path);
      }
      return found;
    },
    accept: (tasks) => {
      for (const task of tasks) accepted.set(task, last.get(task)?.inputs ?? noFiles);
    },
    refresh: async (gaze) => {
      accepted.set(gaze.task, (await look(gaze)).snapshot);
    },
    keep: (gazes) => {
      const kept = new Set(gazes.map(({ task }) => task));
      for (const task of [...last.keys()]) {
        if (kept.has(task)) continue;
        last.delete(task);
        accepted.delete(task);
      }
    },
    folders: () => new Set([...last.values()].flatMap((known) => foldersOf(root, known))),
  };
}

/** The paths that have another content or kind, are new, or are gone. */
function differing(before: Snapshot, now: Snapshot): readonly string[] {
  const rowBefore = makeFinder(before);
  const rowNow = makeFinder(now);
  const changed = now.paths.filter((path, row) => {
    const old = rowBefore(row, path);
    return (
      old === undefined ||
      digestAt(before, old) !== digestAt(now, row) ||
      kindIn(before.stamps, old) !== kindIn(now.stamps, row)
    );
  });
  return [...changed, ...before.paths.filter((path, row) => rowNow(row, path) === undefined)];
}

/** Where it was searched, where the files lie, and, of a link, where it leads. */
function foldersOf(root: string, { inputs, folders }: KnownInputs): readonly string[] {
  const searched = folders.paths.map((path) => placeOf(root, path));
  const links = inputs.paths.filter((_, row) => kindIn(inputs.stamps, row) === kinds.link);
  // Of one that leads nowhere, its own folder tells when that changes.
  const targets = links.flatMap((path) => attempt(() => dirname(realpathSync(placeOf(root, path))), []));
  const holding = new Set(inputs.paths.map((path) => dirname(placeOf(root, path))));
  return [...searched, ...holding, ...targets];
}
