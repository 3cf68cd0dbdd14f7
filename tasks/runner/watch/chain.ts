import { dirname } from 'node:path';
import { longestMs } from '../config/units.ts';

/**
 * When a change was found: by the look that ends each run; by a hint soon after one, of what starts a service that
 * is up, or of something else beside services; or by a hint while nothing of ours has run for a while.
 */
export type Moment = 'in-a-run' | 'after-a-start' | 'beside-services' | 'at-rest';

/** Whether files of the config are among the paths, or some that are declared by a task that they start. */
export type Kind = 'config' | 'declared' | 'undeclared';

export type Change = {
  readonly paths: readonly string[];
  /** Those of them that were not there before, or are gone. */
  readonly comeOrGone: ReadonlySet<string>;
  readonly kind: Kind;
  readonly moment: Moment;
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

/** In how many runs a file or folder has changed, and how often that has held up the next one. */
type Count = { readonly runs: number; readonly holds: number };

/** So many runs in a row may each be started at once by what changed during the one before. */
const mostInARow: Readonly<Record<Kind, number>> = { config: 3, declared: 3, undeclared: 1 };
/** People and programs that save often are quick, too. */
const mostSoonAfter = { 'after-a-start': 10, 'beside-services': 100 };
const firstPauseMs = 2_000;
/** Each further one is longer by this. */
const growth = 4;

/**
 * Holds up runs that start each other for ever, because tasks write what starts them. Nobody can see who wrote a file. So when
 * the same files have changed in some runs in a row, the next one waits, and each further one longer. No change is left out:
 * what a person has written meanwhile runs at the latest then. What changes at rest begins anew, and so does then what has not
 * changed in the run before.
 */
export function makeChain(): Chain {
  const counts = new Map<string, Count>();
  const countOf = (place: string): Count => counts.get(place) ?? { runs: 0, holds: 0 };
  /** What has changed in the last run or soon after it. */
  const changed = new Set<string>();
  let isHeldUp = false;
  let beganAnew = false;
  return {
    judge: ({ paths, comeOrGone, kind, moment }) => {
      // What comes and goes may have another name each time, so its folder counts too.
      const placesOf = (path: string): readonly string[] =>
        comeOrGone.has(path) ? [path, `${dirname(path)}/`] : [path];
      if (moment === 'at-rest') {
        beganAnew = true;
        for (const place of paths.flatMap(placesOf)) counts.delete(place);
        for (const place of paths.flatMap(placesOf)) changed.delete(place);
        return { pauseMs: 0, isNews: false };
      }
      const least = { runs: Infinity, holds: Infinity };
      for (const path of paths) {
        const places = placesOf(path);
        for (const place of places) changed.add(place);
        least.runs = Math.min(least.runs, Math.max(...places.map((place) => countOf(place).runs)));
        least.holds = Math.min(least.holds, Math.max(...places.map((place) => countOf(place).holds)));
      }
      isHeldUp = least.runs >= (moment === 'in-a-run' ? mostInARow[kind] : mostSoonAfter[moment]);
      const pauseMs = isHeldUp ? Math.min(firstPauseMs * growth ** least.holds, longestMs) : 0;
      return { pauseMs, isNews: isHeldUp && least.holds === 1 };
    },
    begin: () => {
      for (const place of changed) {
        const { runs, holds } = countOf(place);
        counts.set(place, { runs: runs + 1, holds: holds + (isHeldUp ? 1 : 0) });
      }
      if (beganAnew) for (const place of counts.keys()) if (!changed.has(place)) counts.delete(place);
      changed.clear();
      isHeldUp = false;
      beganAnew = false;
    },
  };
}
