import { mayBeFresh, servicesForTasks, type Users } from '../plan/deferred.ts';
import type { Plan, PlannedTask } from '../plan.ts';

/** Which services have to start: some only when it turns out that a task which needs them has to run. */
export type Demand = {
  /** Whether nothing has asked for a service yet. */
  readonly isIdle: (service: PlannedTask) => boolean;
  readonly hasIdle: () => boolean;
  /** Whether a service is needed by nothing that runs or is still to come, and was not asked for itself. */
  readonly isOver: (service: PlannedTask, isToCome: (task: PlannedTask) => boolean) => boolean;
  /** A task has to run, and so all services that it needs have to start. */
  readonly add: (task: PlannedTask) => void;
  /** Tasks that are looked at before services start that they need. */
  readonly looked: ReadonlyMap<PlannedTask, Looked>;
};

export type Looked = {
  /** The names of what must have ended before. */
  readonly after: ReadonlySet<string>;
  /** Those of the services, also of those that it needs through others. */
  readonly services: readonly string[];
};

/** Makes it for the tasks of a plan. */
export function makeDemand(plan: Plan, users: Users, isUp: (service: string) => boolean): Demand {
  const needers = new Map([...servicesForTasks(plan, users, isUp)].map(([service, some]) => [service, [...some]]));
  const idle = new Set(
    [...needers].flatMap(([service, some]) => (some.every((task) => mayBeFresh(task, plan)) ? [service] : [])),
  );
  const byName = new Map(idle.size === 0 ? [] : plan.tasks.map((task) => [task.name, task]));
  const waits = new Map<PlannedTask, ReadonlySet<string>>();
  const looked = new Map<PlannedTask, Looked & { readonly services: string[] }>();
  for (const service of idle)
    for (const task of needers.get(service) ?? []) {
      const known = looked.get(task) ?? { after: waitsFor(task), services: [] };
      known.services.push(service.name);
      looked.set(task, known);
    }
  return {
    isIdle: (service) => idle.has(service),
    hasIdle: () => idle.size > 0,
    isOver: (service, isToCome) => {
      const left = needers.get(service);
      // Who has ended does not come again.
      for (let last = left?.at(-1); last !== undefined && !isToCome(last); last = left?.at(-1)) left?.pop();
      return left?.length === 0;
    },
    add: (task) => {
      for (const service of idle) if (users.get(service)?.has(task)) idle.delete(service);
    },
    looked,
  };

  function waitsFor(task: PlannedTask): ReadonlySet<string> {
    const names = waits.get(task) ?? new Set([...task.needs, ...task.after].flatMap((name) => [...standsFor(name)]));
    waits.set(task, names);
    return names;
  }

  /** What does nothing without those services stands for what it waits for. */
  function standsFor(name: string): Iterable<string> {
    const task = byName.get(name);
    if (task === undefined) return [];
    const doesNothing = task.work.kind === 'none' || task.skip !== undefined;
    return idle.has(task) || doesNothing ? waitsFor(task) : [name];
  }
}
