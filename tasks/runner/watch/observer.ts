import { dirname } from 'node:path';
import type { Session } from '../session.ts';
import type { Eyes } from './eyes.ts';
import type { Gaze } from './gaze.ts';
import { ignoredByGit } from './ignored.ts';
import type { Looks } from './look.ts';
import type { Sources } from './sources.ts';

/** What has changed, by the task that it starts. */
export type Changes = ReadonlyMap<string, readonly string[]>;

/** Looks at all files, and sees to it that a hint comes when one changes. */
export type Observer = {
  /** Looks at all files, and watches where they lie. A folder that is new may have got more before it was watched. */
  readonly observe: (gazes: readonly Gaze[]) => Promise<Changes>;
  /** Watches where the files lie that were seen last; true when there is a folder that was not watched before. */
  readonly turnEyes: () => boolean;
};

type Options = {
  readonly session: Session;
  readonly sources: Sources;
  readonly eyes: Eyes;
  readonly looks: Looks;
};

/** Makes it; nothing is watched yet. */
export function makeObserver({ session, sources, eyes, looks }: Options): Observer {
  const turnEyes = (): boolean =>
    eyes.turnTo(new Set([...looks.folders(), ...sources.paths().map((path) => dirname(path))]));

  /** Of the whole project, what git ignores is no change. */
  const withoutIgnored = async (changes: Changes, gazes: readonly Gaze[]): Promise<Changes> => {
    const wholes = new Set(gazes.flatMap(({ task, isWhole }) => (isWhole ? [task] : [])));
    const asked = new Set([...changes].flatMap(([task, paths]) => (wholes.has(task) ? paths : [])));
    if (asked.size === 0) return changes;
    const ignored = await ignoredByGit(session, [...asked]);
    const left = [...changes].map(([task, paths]): [string, readonly string[]] => [
      task,
      wholes.has(task) ? paths.filter((path) => !ignored.has(path)) : paths,
    ]);
    looks.accept(left.flatMap(([task, paths]) => (paths.length === 0 ? [task] : [])));
    return new Map(left.filter(([, paths]) => paths.length > 0));
  };

  return {
    observe: async (gazes) => {
      for (;;) {
        const changes = await looks.changes(gazes);
        if (!turnEyes()) return await withoutIgnored(changes, gazes);
      }
    },
    turnEyes,
  };
}
