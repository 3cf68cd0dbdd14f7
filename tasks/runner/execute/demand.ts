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
  /** Another run is done with what this one waited for. It may have done, too, what services were asked for. */
  readonly doubt: () => void;
  /** Those to be looked at again before a service starts that only they have asked for, and only before a doubt. Until then it is idle. */
  readonly takeBack: (service: PlannedTask) => readonly PlannedTask[];
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
  const mayIdle = new Set(idle);
  /** The tasks that have asked, and whether there is doubt about it. */
  const asking = new Map<PlannedTask, boolean>();
  const byName = new Map(idle.size === 0 ? [] : plan.tasks.map((task) => [task.name, task]));
  const waits = new Map<PlannedTask, ReadonlySet<string>>();
  const looked = new Map<PlannedTask, Looked & { readonly services: string[] }>();
  // In their order, so that no long way is gone in calls within each other.
  if (idle.size > 0) for (const task of plan.tasks) if (doesNothing(task)) waitsFor(task);
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
      asking.set(task, false);
      for (const service of idle) if (uses(task, service)) idle.delete(service);
    },
    doubt: () => {
      for (const task of asking.keys()) asking.set(task, true);
    },
    takeBack: (service) => {
      const askers = [...asking.keys()].filter((task) => uses(task, service));
      if (!mayIdle.has(service) || askers.some((task) => asking.get(task) === false)) return [];
      for (const task of askers) asking.delete(task);
      for (const other of mayIdle) if (![...asking.keys()].some((task) => uses(task, other))) idle.add(other);
      return askers;
    },
    looked,
  };

  function uses(task: PlannedTask, service: PlannedTask): boolean {
    return users.get(service)?.has(task) === true;
  }

  function waitsFor(task: PlannedTask): ReadonlySet<string> {
    const names = waits.get(task) ?? new Set([...task.needs, ...task.after].flatMap((name) => [...standsFor(name)]));
    waits.set(task, names);
    return names;
  }

  /** What does nothing without those services stands for what it waits for. */
  function standsFor(name: string): Iterable<string> {
    const task = byName.get(name);
    if (task === undefined) return [];
    return doesNothing(task) ? waitsFor(task) : [name];
  }

  function doesNothing(task: PlannedTask): boolean {
    return idle.has(task) || task.work.kind === 'none' || task.skip !== undefined;
  }
}
