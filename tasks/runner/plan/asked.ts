import { postOrder } from '../config/post-order.ts';
import type { Config } from '../config/types.ts';
import type { PlannedTask } from '../plan.ts';
import type { Request } from './bind.ts';

/** The tasks that somebody named; the name of a matrix is that of its cells too. */
export function namedTasks(
  config: Config,
  tasks: readonly PlannedTask[],
  requests: readonly Pick<Request, 'task'>[],
): readonly string[] {
  const typed = new Set(requests.map(({ task }) => task.name));
  return tasks.flatMap(({ name }) => (typed.has(name) || typed.has(config.tasks[name]?.cell?.of ?? '') ? [name] : []));
}

/** The tasks that were asked for by name, and those that such a name only stands for. */
export function askedTasks(tasks: readonly PlannedTask[], words: readonly string[]): ReadonlySet<string> {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const named = (names: readonly string[]): PlannedTask[] => names.flatMap((name) => byName.get(name) ?? []);
  const asked = postOrder(named(words), ({ work, needs }) => (work.kind === 'none' ? named(needs) : []));
  return new Set(asked.map(({ name }) => name));
}

/**
 * Services that the last word of the command line asks for, itself or as a task that only stands for others, are kept. With them
 * goes on what words before it ask for, also where the last one was started first, since they need it.
 */
export function keepAsked(tasks: readonly PlannedTask[], words: readonly string[]): readonly PlannedTask[] {
  const isService = ({ work }: PlannedTask): boolean => work.kind === 'service';
  const last = words.slice(-1);
  const askedLast = askedTasks(tasks, last);
  const kept = tasks.filter((task) => isService(task) && askedLast.has(task.name));
  const isBehind = (word: string): boolean => kept.length > 0 && !kept.some(({ after }) => after.includes(word));
  const asked = askedTasks(tasks, [...words.filter(isBehind), ...last]);
  return tasks.map((task) =>
    task.work.kind === 'service' && asked.has(task.name) ? { ...task, work: { ...task.work, isKept: true } } : task,
  );
}
