import type { Host } from '../host.ts';

/** Files that have changed, and the tasks for which they have. */
export type News = { readonly paths: Iterable<string>; readonly tasks: Iterable<string> };

/** What has changed and has not been run for yet. */
export type Due = {
  /** Adds to it; all of it then waits for so long. */
  readonly add: (news: News, pauseMs: number) => void;
  /** In how many ms it is to be run; undefined while there is nothing. */
  readonly inMs: () => number | undefined;
  /** Gives all of it, and begins anew. */
  readonly take: () => { readonly paths: ReadonlySet<string>; readonly tasks: ReadonlySet<string> };
};

/** Makes it, with nothing in it. */
export function makeDue({ clockMs }: Pick<Host, 'clockMs'>): Due {
  let paths = new Set<string>();
  let tasks = new Set<string>();
  let fromMs = 0;
  return {
    add: (news, pauseMs) => {
      for (const path of news.paths) paths.add(path);
      for (const task of news.tasks) tasks.add(task);
      fromMs = clockMs() + pauseMs;
    },
    inMs: () => (paths.size === 0 ? undefined : Math.max(0, Math.ceil(fromMs - clockMs()))),
    take: () => {
      const all = { paths, tasks };
      [paths, tasks] = [new Set(), new Set()];
      return all;
    },
  };
}
