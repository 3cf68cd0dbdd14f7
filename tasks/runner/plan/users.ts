import type { PlannedTask } from '../plan.ts';
import { askedTasks } from './asked.ts';

/**
 * For each service of a plan, the tasks that need it, directly or through others; they keep it running. A service that is a
 * word of the command line is there for all later words.
 */
export function usersOfServices(tasks: readonly PlannedTask[]): ReadonlyMap<PlannedTask, ReadonlySet<PlannedTask>> {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const services = tasks.filter(isService);
  const users = new Map(services.map((service) => [service, new Set<PlannedTask>()]));
  if (services.length === 0) return users;
  const servicesOf = new Map<string, readonly string[]>();
  const servicesOfWord = (word: string): readonly string[] => {
    const known = servicesOf.get(word) ?? [...askedTasks(tasks, [word])].filter((name) => isService(byName.get(name)));
    servicesOf.set(word, known);
    return known;
  };
  for (const task of tasks) {
    const own = [...task.needs, ...task.after.flatMap(servicesOfWord)];
    for (const needed of closureOf(own, byName)) users.get(needed)?.add(task);
  }
  return users;
}

function isService(task: PlannedTask | undefined): boolean {
  return task?.work.kind === 'service';
}

/** The tasks of these names, and all that they need. */
export function closureOf<Task extends Pick<PlannedTask, 'needs'>>(
  names: readonly string[],
  byName: ReadonlyMap<string, Task>,
): ReadonlySet<Task> {
  const found = new Set<Task>();
  const visit = (name: string): void => {
    const task = byName.get(name);
    if (task === undefined || found.has(task)) return;
    found.add(task);
    task.needs.forEach(visit);
  };
  names.forEach(visit);
  return found;
}
