import { command, resume, stop } from './commands.ts';

/** The groups of a log, of which one is open at a time. What stands in one is text only, whatever it looks like. */
export type Groups = {
  /** Writes lines into the group of a task. */
  readonly write: (task: string, lines: readonly string[]) => void;
  readonly close: () => void;
};

/** Makes them for one log; nobody else knows the token. */
export function makeGroups(write: (lines: readonly string[]) => void, token: string): Groups {
  let open: string | undefined;
  const close = (): void => {
    if (open !== undefined) write([resume(token), command('endgroup', {}, '')]);
    open = undefined;
  };
  return {
    write: (task, lines) => {
      if (open !== task) close();
      if (open === undefined) write([command('group', {}, task), stop(token)]);
      open = task;
      write(lines);
    },
    close,
  };
}
