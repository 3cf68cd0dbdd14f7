import { type Args, toolFlagNames } from '../args.ts';
import { builtInTasks } from '../config/built-in.ts';
import { findTyped, spellings, taskWords } from '../config/names.ts';
import type { Config, TaskRow } from '../config/types.ts';
import { closest, didYouMean, listed, type Problem, UserError, usageError } from '../errors.ts';

/** The task that a word means, a built-in one too; throws when there is none. */
export function requireTask(config: Config, word: string): TaskRow {
  const [found, ...others] = findTyped(config, word);
  if (found !== undefined && others.length > 0) {
    const names = [found, ...others].map(({ name }) => name);
    throw usageError(`task \`${word}\` is in several files of this folder`, `write one of ${listed(names)}`);
  }
  const task = found ?? (Object.hasOwn(builtInTasks, word) ? builtInTasks[word] : undefined);
  if (task !== undefined) return task;
  throw new UserError('usage', [unknownTask(config, word)]);
}

/** Whether a word means a task. */
export function isTask(config: Config, word: string): boolean {
  return findTyped(config, word).length > 0 || Object.hasOwn(builtInTasks, word);
}

/** Whether a word that means none is near one that does. */
export function isMisspelt(config: Config, word: string): boolean {
  return closest(word, wordsOf(config)) !== undefined;
}

/** The tasks that the words of a command line mean. */
export function requireTasks(config: Config, { items }: Pick<Args, 'items'>): readonly TaskRow[] {
  return items.flatMap((item) => (item.kind === 'word' ? [requireTask(config, item.text)] : []));
}

function unknownTask(config: Config, word: string): Problem {
  const [, variable] = /^([A-Za-z_]\w*)=/.exec(word) ?? [];
  if (variable !== undefined) {
    const hint = `a param is written \`--name=value\` after its task, a variable before the command: \`${variable}=… npx tasks …\``;
    return { message: `unknown task \`${word}\``, hint };
  }
  const words = wordsOf(config);
  const inFile = words.find((other) => other.endsWith(`:${word}`));
  const meant = toolFlagNames.includes(word) ? `--${word}` : inFile;
  const suggestion = meant === undefined ? didYouMean(word, words) : `, did you mean \`${meant}\`?`;
  return { message: `unknown task \`${word}\`${suggestion}`, hint: whereTasksAre(config, word, words) };
}

function wordsOf(config: Config): readonly string[] {
  return [...taskWords(config).flatMap((name) => spellings(config, name)), ...Object.keys(builtInTasks)];
}

function whereTasksAre(config: Config, word: string, words: readonly string[]): string {
  const matrix = Object.values(config.tasks).find((row) => row.matrix !== undefined && word.startsWith(`${row.name}:`));
  if (matrix !== undefined) return `\`npx tasks --help ${matrix.name}\` shows what it makes`;
  const [first, ...others] = words.filter((other) => other.startsWith(`${word.replace(/:\*?$/, '')}:`));
  if (first === undefined) return '`npx tasks --list` shows all tasks';
  return `tasks that begin with it: \`${first}\`${others.length === 0 ? '' : ` and ${others.length} more`}; \`npx tasks --list\` shows all`;
}
