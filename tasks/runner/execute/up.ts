import type { Users } from '../plan/deferred.ts';
import { usersOfServices } from '../plan/users.ts';
import type { PlannedTask } from '../plan.ts';
import { askToEnd } from '../process/cancellation.ts';
import type { Service } from '../service/service.ts';

/** The services of a run that are ready or start. Each is stopped when nobody needs it any more, the last started first. */
export type Up = {
  readonly isEmpty: () => boolean;
  /** Takes in one that starts. */
  readonly start: (task: PlannedTask) => void;
  /** One is ready. */
  readonly add: (service: Service) => void;
  readonly remove: (task: PlannedTask) => void;
  /** Whether one is needed by somebody who is still to come, runs, or is a service that is up. */
  readonly isNeeded: (task: PlannedTask, isToCome: (task: PlannedTask) => boolean) => boolean;
  /** Stops those that nobody needs any more, and keeps none in a run that is over. */
  readonly stopUnneeded: (isToCome: (task: PlannedTask) => boolean, isOver: boolean) => void;
  /** Whether it is up until Ctrl-C: it is kept itself, or a service that is needs it. */
  readonly goesOn: (task: PlannedTask) => boolean;
  /** What ends a task early when a service that it needs has ended by itself, or a service that starts when nobody needs it. */
  readonly signalFor: (task: PlannedTask) => AbortSignal | undefined;
  readonly endUsersOf: (task: PlannedTask) => void;
  /** A service that a task needs, directly or through others, and that has ended by itself. */
  readonly lostBy: (task: PlannedTask) => string | undefined;
  /** The names of the services that a task needs, directly or through others, in the order of the plan. */
  readonly servicesOf: ReadonlyMap<string, readonly string[]>;
  /** For each service, the tasks that need it. */
  readonly users: Users;
};

/**
 * Makes it for the tasks of a plan. In a watch, `planned` are those of all its runs: a service of an earlier one may be needed
 * through tasks that do not run again.
 */
export function makeUp(tasks: readonly PlannedTask[], planned = tasks): Up {
  const users = usersOfServices(tasks);
  const usersOfAll = planned === tasks ? users : usersOfServices(planned);
  /** The last to come are looked at first: those before them may all have ended. */
  const lastFirst = new Map([...users].map(([service, some]) => [service, [...some].reverse()]));
  const up = new Map<PlannedTask, Pick<Service, 'task' | 'stop'>>();
  const starting = new Set<PlannedTask>();
  const stopped = new Set<PlannedTask>();
  const enders = new Map<PlannedTask, AbortController>();
  const lost = new Map<PlannedTask, string>();
  const servicesOf = new Map<string, string[]>();
  for (const [service, some] of usersOfAll) {
    enders.set(service, new AbortController());
    for (const task of some) {
      enders.set(task, new AbortController());
      servicesOf.set(task.name, [...(servicesOf.get(task.name) ?? []), service.name]);
    }
  }
  const isNeeded: Up['isNeeded'] = (task, isToCome) =>
    lastFirst.get(task)?.some((user) => up.has(user) || isToCome(user)) === true;
  /** One that nobody needs was asked for itself, and is there once it is ready. */
  const startsForItself = (task: PlannedTask): boolean => starting.has(task) && users.get(task)?.size === 0;
  const isKept = (task: PlannedTask): boolean =>
    startsForItself(task) || (task.work.kind === 'service' && task.work.isKept && !lost.has(task));

  return {
    isEmpty: () => up.size === 0,
    start: (task) => {
      starting.add(task);
      up.set(task, { task, stop: () => enders.get(task)?.abort(noLongerNeeded) });
    },
    add: (service) => {
      starting.delete(service.task);
      stopped.delete(service.task);
      up.set(service.task, service);
    },
    remove: (task) => up.delete(task),
    isNeeded,
    stopUnneeded: (isToCome, isOver) => {
      for (const { task, stop } of [...up.values()].reverse()) {
        if ((!isOver && isKept(task)) || isNeeded(task, isToCome) || stopped.has(task)) continue;
        stopped.add(task);
        stop();
      }
    },
    goesOn: (task) => [task, ...(users.get(task) ?? [])].some(({ work }) => work.kind === 'service' && work.isKept),
    signalFor: (task) => enders.get(task)?.signal,
    endUsersOf: (task) => {
      for (const user of usersOfAll.get(task) ?? []) {
        lost.set(user, task.name);
        enders.get(user)?.abort(askToEnd('another-failed'));
      }
    },
    lostBy: (task) => lost.get(task),
    servicesOf,
    users,
  };
}

export const noLongerNeeded = askToEnd('no-longer-needed', 10_000);
