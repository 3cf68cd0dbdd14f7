import type { PlannedTask } from '../plan.ts';
import { askToEnd } from '../process/cancellation.ts';
import type { Service } from '../service/service.ts';
import { usersOfServices } from '../service/users.ts';

/** The services of a run that are ready. Each is stopped when nobody needs it any more, the last started first. */
export type Up = {
  readonly isEmpty: () => boolean;
  readonly add: (service: Service) => void;
  readonly remove: (task: PlannedTask) => void;
  /** Stops those that none needs who is still to come, runs, or is a service that is up. */
  readonly stopUnneeded: (isToCome: (task: PlannedTask) => boolean, keeps: boolean) => void;
  /** Whether it is up until Ctrl-C: it is kept itself, or a service that is needs it. */
  readonly goesOn: (task: PlannedTask) => boolean;
  /** What ends a task early when a service that it needs has ended by itself; undefined where it needs none. */
  readonly signalFor: (task: PlannedTask) => AbortSignal | undefined;
  readonly endUsersOf: (task: PlannedTask) => void;
  /** The names of the services that a task needs, directly or through others, in the order of the plan. */
  readonly servicesOf: ReadonlyMap<string, readonly string[]>;
};

/** Makes it for the tasks of a plan. */
export function makeUp(tasks: readonly PlannedTask[]): Up {
  const users = usersOfServices(tasks);
  const up = new Map<PlannedTask, Service>();
  const stopped = new Set<PlannedTask>();
  const enders = new Map<PlannedTask, AbortController>();
  const servicesOf = new Map<string, string[]>();
  for (const [service, some] of users) {
    for (const task of some) {
      enders.set(task, new AbortController());
      servicesOf.set(task.name, [...(servicesOf.get(task.name) ?? []), service.name]);
    }
  }

  return {
    isEmpty: () => up.size === 0,
    add: (service) => up.set(service.task, service),
    remove: (task) => up.delete(task),
    stopUnneeded: (isToCome, keeps) => {
      for (const { task, stop } of [...up.values()].reverse()) {
        const isKept = keeps && task.work.kind === 'service' && task.work.isKept;
        const isNeeded = [...(users.get(task) ?? [])].some((user) => up.has(user) || isToCome(user));
        if (isKept || isNeeded || stopped.has(task)) continue;
        stopped.add(task);
        stop();
      }
    },
    goesOn: (task) => [task, ...(users.get(task) ?? [])].some(({ work }) => work.kind === 'service' && work.isKept),
    signalFor: (task) => enders.get(task)?.signal,
    endUsersOf: (task) => {
      for (const user of users.get(task) ?? []) enders.get(user)?.abort(askToEnd('another-failed'));
    },
    servicesOf,
  };
}
