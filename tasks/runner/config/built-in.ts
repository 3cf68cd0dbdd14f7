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
      skip: { type: 'string', about: 'ids or names of checks to leave out, with commas', required: false, values: [] },
      markdown: {
        type: 'bool',
        about: 'print a report to paste elsewhere, without names, addresses and secrets of this machine',
        required: false,
        values: [],
      },
      checklist: { type: 'bool', about: 'print a list of tasks to tick off', required: false, values: [] },
      checks: { type: 'bool', about: 'list the checks; run none', required: false, values: [] },
      about: { type: 'string', about: 'explain one check; run none', required: false, values: [] },
    },
    args: { name: 'check', about: 'ids or names of checks; all without', required: false },
    env: {},
    outputs: [],
    envInputs: [],
    incremental: false,
    interactive: false,
    hidden: false,
    finally: [],
  },
};
