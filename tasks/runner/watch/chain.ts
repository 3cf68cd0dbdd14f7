import { longestMs } from '../config/units.ts';

/**
 * When a change was found: by the look that ends each run; by a hint soon after one, while services are up; or by a hint
 * while nothing of ours has run for a while.
 */
export type Moment = 'in-a-run' | 'beside-services' | 'at-rest';

/** Whether files of the config are among the paths, or some that are declared by a task that they start. */
export type Kind = 'config' | 'declared' | 'undeclared';

export type Change = {
  readonly paths: readonly string[];
  readonly moment: Moment;
  readonly kind: Kind;
};

export type Judgement = {
  /** How long the run that the change starts has to wait. */
  readonly pauseMs: number;
  /** Now it is to be said that what has changed is written by what it starts. */
  readonly isNews: boolean;
};

export type Chain = {
  readonly judge: (change: Change) => Judgement;
  /** A run begins. */
  readonly begin: () => void;
};

/** So many runs in a row may each be started at once by what changed during the one before. */
const mostInARow: Readonly<Record<Kind, number>> = { config: 3, declared: 3, undeclared: 1 };
/** People who save often are quick, too. */
const mostBesideServices = 10;
const firstPauseMs = 2_000;
/** Each further one is longer by this. */
const growth = 4;

/**
 * Holds up runs that start each other for ever, because tasks write what starts them. Nobody can see who wrote a file. So when
 * some runs in a row have each been started by what changed during the one before, or a path has changed in as many, the next
 * one waits, and each further one longer. No change is left out: what a person has written meanwhile runs at the latest then.
 * A change at rest begins anew, and so does a path that did not change in a run.
 */
export function makeChain(): Chain {
  let inARow = 0;
  let next = 0;
  /** In how many runs in a row a path has changed. */
  let counts = new Map<string, number>();
  /** The paths that have changed in the last run or soon after it. */
  const changed = new Set<string>();
  return {
    judge: ({ paths, kind, moment }) => {
      const isAtRest = moment === 'at-rest';
      next = isAtRest ? 0 : inARow + 1;
      for (const path of paths) {
        if (isAtRest) counts.delete(path);
        if (isAtRest) changed.delete(path);
        else changed.add(path);
      }
      const least = paths.reduce((count, path) => Math.min(count, counts.get(path) ?? 0), Infinity);
      const most = moment === 'beside-services' ? mostBesideServices : mostInARow[kind];
      const tooMany = isAtRest ? 0 : Math.max(next, least + 1) - most;
      const pauseMs = tooMany <= 0 ? 0 : Math.min(firstPauseMs * growth ** (tooMany - 1), longestMs);
      return { pauseMs, isNews: tooMany === 2 };
    },
    begin: () => {
      inARow = next;
      next = 0;
      counts = new Map([...changed].map((path) => [path, 1 + (counts.get(path) ?? 0)]));
      changed.clear();
    },
  };
}
