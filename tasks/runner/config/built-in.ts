import type { Config, ParamRow, TaskRow } from './types.ts';

/** Tasks that every project has without defining them. */
export const builtInTasks: Readonly<Record<string, TaskRow>> = {
  doctor: {
    name: 'doctor',
    about: 'Check what this machine needs and say how to fix it',
    aliases: [],
    needs: [],
    requires: [],
    run: [],
    params: {
      json: flag('bool', 'print one JSON document and nothing else'),
      strict: flag('bool', 'treat warnings as failures'),
      skip: flag('string', 'ids or names of checks to leave out, separated by commas'),
      markdown: flag('bool', 'print a report to share, without names, addresses and secrets of this machine'),
      checklist: flag('bool', 'print the checks as a list to tick off'),
      checks: flag('bool', 'list the checks without running them'),
      about: flag('string', 'explain one check without running it'),
    },
    args: { name: 'check', about: 'ids or names of checks (default: all)', required: false },
    env: {},
    outputs: [],
    envInputs: [],
    incremental: false,
    interactive: false,
    hidden: false,
    finally: [],
  },
};

/** Every task of a project, those that it defines first. */
export function allTasks({ tasks }: Pick<Config, 'tasks'>): readonly TaskRow[] {
  return [...Object.values(tasks), ...Object.values(builtInTasks)];
}

function flag(type: ParamRow['type'], about: string): ParamRow {
  return { type, about, required: false, values: [] };
}
