import type { PlannedTask } from '../plan.ts';
import { askedTasks } from './asked.ts';

/** Services that the last word of the command line asks for, itself or as a task that only stands for others, are kept. */
export function keepAsked(tasks: readonly PlannedTask[], lastWord: readonly string[]): readonly PlannedTask[] {
  const asked = askedTasks(tasks, lastWord);
  return tasks.map((task) =>
    task.work.kind === 'service' && asked.has(task.name) ? { ...task, work: { ...task.work, isKept: true } } : task,
  );
}
