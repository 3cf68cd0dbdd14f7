import type { PlannedTask } from '../plan.ts';

/** Services that the last word of the command line asks for, itself or as a task that only stands for others, are kept. */
export function keepAsked(tasks: readonly PlannedTask[], lastWord: readonly string[]): readonly PlannedTask[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const asked = new Set<string>();
  const ask = (name: string): void => {
    const task = byName.get(name);
    if (task === undefined || asked.has(name)) return;
    asked.add(name);
    if (task.work.kind === 'none') task.needs.forEach(ask);
  };
  lastWord.forEach(ask);
  return tasks.map((task) =>
    task.work.kind === 'service' && asked.has(task.name) ? { ...task, work: { ...task.work, isKept: true } } : task,
  );
}
