import type { PlannedTask } from '../plan.ts';

/** For each service of a plan, the tasks that need it, directly or through others; they keep it running. */
export function usersOfServices(tasks: readonly PlannedTask[]): ReadonlyMap<PlannedTask, ReadonlySet<PlannedTask>> {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const services = tasks.filter((task) => task.work.kind === 'service');
  const users = new Map(services.map((service) => [service, new Set<PlannedTask>()]));
  if (services.length === 0) return users;
  for (const task of tasks) {
    for (const predecessor of predecessorsOf(task, byName)) users.get(predecessor)?.add(task);
  }
  return users;
}

function predecessorsOf(task: PlannedTask, byName: ReadonlyMap<string, PlannedTask>): ReadonlySet<PlannedTask> {
  const found = new Set<PlannedTask>();
  const visit = ({ needs, after }: PlannedTask): void => {
    for (const name of [...needs, ...after]) {
      const other = byName.get(name);
      if (other === undefined || found.has(other)) continue;
      found.add(other);
      visit(other);
    }
  };
  visit(task);
  return found;
}
