import type { PlannedTask } from '../plan.ts';

/** The tasks that were asked for by name, and those that such a name only stands for. */
export function askedTasks(tasks: readonly PlannedTask[], words: readonly string[]): ReadonlySet<string> {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const asked = new Set<string>();
  const ask = (name: string): void => {
    const task = byName.get(name);
    if (task === undefined || asked.has(name)) return;
    asked.add(name);
    if (task.work.kind === 'none') task.needs.forEach(ask);
  };
  words.forEach(ask);
  return asked;
}
