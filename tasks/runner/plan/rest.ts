import { takesWords } from '../config/shell-spots.ts';
import { shellQuote } from '../config/template.ts';
import { usageError } from '../errors.ts';

/** A command with the words after `--` at its end, which must be the end of a command. */
export function withRest(task: string, command: string, rest: readonly string[]): string {
  if (rest.length === 0) return command;
  const end = command.trimEnd();
  if (takesWords(end)) return [end, ...rest.map(shellQuote)].join(' ');
  throw usageError(
    `the command of task \`${task}\` ends where no words can follow, so it takes none after \`--\``,
    'it ends in a comment, a here-document, an open quote or an operator',
  );
}
