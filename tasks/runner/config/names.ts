import { literal } from '../text/literal.ts';
import type { Config, TaskRow } from './types.ts';

/** The task that a word means: its name or one of its aliases. */
export function findTask(config: Pick<Config, 'tasks'>, word: string): TaskRow | undefined {
  if (Object.hasOwn(config.tasks, word)) return config.tasks[word];
  return aliasesIn(config.tasks).get(word);
}

const known = new WeakMap<Config['tasks'], ReadonlyMap<string, TaskRow>>();

/** Made once for all that is looked for: thousands of needs may each be an alias. An alias that several have is the first one's. */
function aliasesIn(tasks: Config['tasks']): ReadonlyMap<string, TaskRow> {
  const made = known.get(tasks);
  if (made !== undefined) return made;
  const aliases = new Map<string, TaskRow>();
  for (const task of Object.values(tasks).reverse()) for (const alias of task.aliases) aliases.set(alias, task);
  known.set(tasks, aliases);
  return aliases;
}

/**
 * The task that a typed word means: in the folder of an included file its names come first, as they do in the file. There are
 * several where files of one folder have it.
 */
export function findTyped(config: Pick<Config, 'tasks' | 'from'>, word: string): readonly TaskRow[] {
  for (let scopes = config.from ?? []; scopes.length > 0; scopes = outwards(scopes)) {
    const tasks = scopes.flatMap((scope) => findTask(config, `${scope}:${word}`) ?? []);
    if (tasks.length > 0) return tasks;
  }
  return [findTask(config, word) ?? []].flat();
}

/** The namespaces of the files that include those of the given ones. */
function outwards(scopes: readonly string[]): readonly string[] {
  const outer = scopes.flatMap((scope) => (scope.includes(':') ? [scope.replace(/:[^:]*$/, '')] : []));
  return [...new Set(outer)];
}

/** The ways to write a task's word: in the folder of its file also without the file's name. */
export function spellings({ from = [] }: Pick<Config, 'from'>, word: string): readonly string[] {
  return [...from.flatMap((scope) => (word.startsWith(`${scope}:`) ? [word.slice(scope.length + 1)] : [])), word];
}

/** The vars that a task sees: those of its file, and of the files that include it. */
export function varsOf(config: Pick<Config, 'vars' | 'scopes'>, { namespace }: TaskRow): Config['vars'] {
  return namespace === undefined ? config.vars : (config.scopes[namespace]?.vars ?? config.vars);
}

/** What a name stands for that nobody types: a matrix key or a var. */
export function writtenFor(config: Pick<Config, 'vars' | 'scopes'>, task: TaskRow): (name: string) => string {
  return (name) => task.cell?.values[name] ?? varsOf(config, task)[name] ?? '';
}

/** Every word that names a task. */
export function taskWords(config: Pick<Config, 'tasks'>): readonly string[] {
  return Object.values(config.tasks).flatMap((task) => [task.name, ...task.aliases]);
}

/** Whether a name matches a glob in which `*` stands for any characters. */
export function matchesGlob(name: string, glob: string): boolean {
  return new RegExp(`^${glob.split('*').map(literal).join('.*')}$`).test(name);
}
