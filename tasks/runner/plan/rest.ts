import type { TaskRow } from '../config/types.ts';
import { usageError } from '../errors.ts';
import { compoundEnd } from '../text/shell/compound.ts';
import { shellQuote } from '../text/shell/quote.ts';
import { takesWords } from '../text/shell/spots.ts';

/** A command with the words after `--` at its end, which must be the end of a command. */
export function withRest(task: string, command: string, rest: readonly string[]): string {
  if (rest.length === 0) return command;
  const end = command.trimEnd();
  if (!takesWords(end))
    throw usageError(
      `the command of task \`${task}\` ends where no words can follow, so it takes none after \`--\``,
      'it ends in a comment, a here-document, an open quote or an operator',
    );
  const compound = compoundEnd(end);
  if (compound !== undefined)
    throw usageError(
      `the command of task \`${task}\` ends in \`${compound}\`, after which no words can follow, so it takes none after \`--\``,
      'declare `args: { name: word }` and write `${args}` where they belong',
    );
  return [end, ...rest.map(shellQuote)].join(' ');
}

/** Whether they are words of the task itself: none can follow its command, and it says where they belong. */
export function areForArgs({ args, script, service, run }: TaskRow): boolean {
  if (args === undefined || script !== undefined) return false;
  const end = (service?.run ?? run.at(-1) ?? '').trimEnd();
  return !takesWords(end) || compoundEnd(end) !== undefined;
}
