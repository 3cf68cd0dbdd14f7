import { changedMs } from './made.ts';
import { literalOutputs } from './outputs.ts';
import type { KilledMs, Known } from './record.ts';

/** Outputs that are named without a wildcard and are folders: `dist`, in which a run may find nothing to write. */
export type Bare = {
  /** Those of the task's own that hold no file. */
  readonly bare: readonly string[];
  /** Of those that were there when the record was written: when something had last come or gone in them, in ms. */
  readonly stoodMs: Readonly<Record<string, number>>;
};

type Options = {
  readonly root: string;
  readonly killedMs: KilledMs;
};

/**
 * Which folders without a file a task has made. One that was there before, and in which nothing has come or gone, it has
 * perhaps only failed to write to.
 */
export function claimBare(
  globs: readonly string[],
  found: readonly string[],
  last: Known,
  { root, killedMs }: Options,
): Bare {
  const folders = literalOutputs(globs).flatMap((name) => {
    const ms = changedMs(root, name);
    return ms === undefined ? [] : [{ name, ms }];
  });
  const had = new Set(last.bare);
  const isOwn = ({ name, ms }: { readonly name: string; readonly ms: number }): boolean =>
    had.has(name) ||
    holdsOneOf(name, last.outputs.paths) ||
    (last.state === 'begun' && last.stoodMs[name] !== ms && ms <= killedMs);
  return {
    bare: folders.filter((folder) => !holdsOneOf(folder.name, found) && isOwn(folder)).map(({ name }) => name),
    stoodMs: Object.fromEntries(folders.map(({ name, ms }) => [name, ms])),
  };
}

function holdsOneOf(folder: string, paths: readonly string[]): boolean {
  return paths.some((path) => path.startsWith(`${folder}/`));
}
