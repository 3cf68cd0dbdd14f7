import type { Host } from '../host.ts';
import type { Changes } from './observer.ts';

type Options = Pick<Host, 'clockMs'> & {
  readonly look: () => Promise<Changes>;
  /** Waits until a burst of hints is over. */
  readonly settle: () => Promise<void>;
  readonly isOver: () => boolean;
};

/** Then it runs in the midst of it. */
const longestMs = 10_000;

/**
 * Looks until no more files have changed than before: while a branch is checked out, or packages are installed, a run would
 * see half of it and be followed by many others. One file that is written again and again keeps nobody waiting.
 */
export async function whenAllHaveCome({ look, settle, isOver, clockMs }: Options): Promise<Changes> {
  const endMs = clockMs() + longestMs;
  for (let before = 0; ; ) {
    const changes = await look();
    const { size } = pathsOf(changes);
    if (size <= before || isOver() || clockMs() >= endMs) return changes;
    before = size;
    await settle();
  }
}

/** The files that have changed, each once. */
export function pathsOf(changes: Changes): ReadonlySet<string> {
  return new Set([...changes.values()].flat());
}
