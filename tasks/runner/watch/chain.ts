/**
 * What to do about a change: run at once; run when it has been quiet for a while; or leave it, since the tasks themselves
 * write what starts them.
 */
export type Judgement = 'run' | 'run-when-quiet' | 'leave';

/** So many runs in a row may each be started by what changed during the one before. */
const mostInARow = 3;
/** Of files that no task declares, most that change during a run are written by it. */
const mostOfUndeclared = 1;

export type Change = {
  readonly paths: readonly string[];
  /** It was found right after a run. */
  readonly isFromARun: boolean;
  /** Whether some of the paths are declared by a task that they start. */
  readonly isDeclared: boolean;
};

/**
 * Tells changes that people make from those that tasks make to their own inputs, which would start them for ever. Nobody can
 * see who wrote a file. So a path that has changed during several runs in a row starts one more only after a pause; if it
 * changes during that one too, it is the tasks' own. A change that comes while nothing runs begins anew.
 */
export function makeChain(): { readonly judge: (change: Change) => Judgement } {
  const counts = new Map<string, number>();
  return {
    judge: ({ paths, isFromARun, isDeclared }) => {
      if (!isFromARun) counts.clear();
      for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + (isFromARun ? 1 : 0));
      const least = Math.min(...paths.map((path) => counts.get(path) ?? 0));
      const most = isDeclared ? mostInARow : mostOfUndeclared;
      if (least <= most) return 'run';
      return least === most + 1 ? 'run-when-quiet' : 'leave';
    },
  };
}
