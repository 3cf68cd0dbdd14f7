import type { Args } from '../args.ts';
import { loadProject, type Project } from '../config/load.ts';
import { messageOf } from '../errors.ts';
import type { Host } from '../host.ts';
import { type Plan, planProject } from '../plan.ts';
import { refuseToWatch } from './refuse.ts';

export type Understanding = { readonly project: Project; readonly plan: Plan };

/** The files that make up the config: itself, what it includes, known failures, `dotenv` files, also those that are missing. */
export type Sources = {
  /** The files whose text is another one than when they were read. */
  readonly changed: () => Promise<readonly string[]>;
  /** Reads them anew; throws a `UserError` where they cannot be used. */
  readonly read: () => Promise<Understanding>;
  readonly paths: () => readonly string[];
};

/** Makes it, having read nothing. `caller` has the environment as it was typed, without the `dotenv` files. */
export function makeSources(caller: Host, args: Args): Sources {
  const texts = new Map<string, string | undefined>();
  const remember = async (path: string): Promise<string | undefined> => {
    const reading = caller.readText(path);
    if (!path.includes('/.tasks/')) texts.set(path, await textOrProblem(reading));
    return await reading;
  };
  return {
    changed: async () => {
      const isChanged = await Promise.all(
        [...texts].map(async ([path, text]) => (await textOrProblem(caller.readText(path))) !== text),
      );
      return [...texts.keys()].filter((_, index) => isChanged[index]);
    },
    read: async () => {
      texts.clear();
      const project = await loadProject({ ...caller, readText: remember, peekText: caller.readText });
      caller.secrets.learn(project.config.secrets, [project.env, ...Object.values(project.dotenv)]);
      const plan = planProject(caller, project, args);
      refuseToWatch(plan);
      return { project, plan };
    },
    paths: () => [...texts.keys()],
  };
}

/** What cannot be read is followed too, so that it is seen when that is mended; no text begins like this. */
async function textOrProblem(reading: Promise<string | undefined>): Promise<string | undefined> {
  return await reading.catch((error: unknown) => `\0${messageOf(error)}`);
}
