import { postOrder } from '../config/post-order.ts';
import type { PlannedTask } from '../plan.ts';
import { askedTasks } from './asked.ts';

/**
 * For each service of a plan, the tasks that need it, directly or through others; they keep it running. A service that is a
 * word of the command line is there for all later words.
 */
export function usersOfServices(tasks: readonly PlannedTask[]): ReadonlyMap<PlannedTask, ReadonlySet<PlannedTask>> {
  const services = tasks.filter(({ work }) => work.kind === 'service');
  if (services.length === 0) return new Map();
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const serviceNames = new Set(services.map(({ name }) => name));
  const servicesOf = new Map<string, readonly string[]>();
  const servicesOfWord = (word: string): readonly string[] => {
    const known = servicesOf.get(word) ?? [...askedTasks(tasks, [word])].filter((name) => serviceNames.has(name));
    servicesOf.set(word, known);
    return known;
  };
  const ordered = [...closureOf(byName.keys(), byName)];
  return new Map(
    services.map((service) => {
      const leadsThere = new Set([service.name]);
      for (const { name, needs } of ordered) if (needs.some((need) => leadsThere.has(need))) leadsThere.add(name);
      const isUser = ({ needs, after }: PlannedTask): boolean =>
        needs.some((need) => leadsThere.has(need)) ||
        after.some((word) => servicesOfWord(word).some((name) => leadsThere.has(name)));
      return [service, new Set(tasks.filter(isUser))];
    }),
  );
}

/** The tasks of these names, and all that they need, which comes before them. */
export function closureOf<Task extends Pick<PlannedTask, 'needs'>>(
  names: Iterable<string>,
  byName: ReadonlyMap<string, Task>,
): ReadonlySet<Task> {
  const named = (some: Iterable<string>): Task[] => [...some].flatMap((name) => byName.get(name) ?? []);
  return new Set(postOrder(named(names), ({ needs }) => named(needs)));
}
