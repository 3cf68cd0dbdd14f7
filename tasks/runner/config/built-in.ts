import type { TaskRow } from './types.ts';

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
      json: { type: 'bool', about: 'print one JSON document and nothing else', required: false, values: [] },
      strict: { type: 'bool', about: 'treat warnings as failures', required: false, values: [] },
      skip: {
        type: 'string',
        about: 'ids or names of checks to leave out, separated by commas',
        required: false,
        values: [],
      },
      markdown: {
        type: 'bool',
        about: 'print a report to share, without names, addresses and secrets of this machine',
        required: false,
        values: [],
      },
      checklist: { type: 'bool', about: 'print the checks as a list to tick off', required: false, values: [] },
      checks: { type: 'bool', about: 'list the checks without running them', required: false, values: [] },
      about: { type: 'string', about: 'explain one check without running it', required: false, values: [] },
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
