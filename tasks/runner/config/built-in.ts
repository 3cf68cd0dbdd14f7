import type { TaskRow } from './types.ts';

/** Tasks that every project has without defining them. */
export const builtInTasks: Readonly<Record<string, TaskRow>> = {
  doctor: {
    name: 'doctor',
    about: 'Check what this machine needs and say how to mend it',
    aliases: [],
    needs: [],
    requires: [],
    run: [],
    params: {
      json: { type: 'bool', about: 'print one JSON document and nothing else', required: false, values: [] },
      strict: { type: 'bool', about: 'a warning is a failure too', required: false, values: [] },
    },
    args: { name: 'check', about: 'ids or names of checks; all without', required: false },
    env: {},
    interactive: false,
    hidden: false,
    finally: [],
  },
};
