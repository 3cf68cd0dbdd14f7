import type { TaskEnd } from '../events.ts';
import type { Service } from './service.ts';

/** The services of a watch, which go on from one of its runs to the next. */
export type Standing = {
  readonly names: () => readonly string[];
  readonly find: (task: string) => Service | undefined;
  readonly add: (service: Service) => void;
  readonly remove: (service: Service) => void;
  /** Stops one that is started again at once, and waits for its end. */
  readonly replace: (task: string) => Promise<void>;
  readonly isReplaced: (service: Service) => boolean;
  /** Calls back, by the names of their tasks, when those end that are up. Only the last run is: those before it are over. */
  readonly follow: (onEnd: ReadonlyMap<string, (end: TaskEnd) => void>) => void;
  /** One has ended, and its own run has dealt with that. */
  readonly tellEnd: (service: Service, end: TaskEnd) => void;
  /** Stops those of the tasks that are up, the last of them first, each when the one before has ended. */
  readonly stop: (tasks: readonly string[]) => Promise<void>;
};

/** Makes it, empty. */
export function makeStanding(): Standing {
  const services = new Map<string, Service>();
  const replaced = new WeakSet<Service>();
  let followers = new Map<string, (end: TaskEnd) => void>();
  const remove = (service: Service): void => {
    if (services.get(service.task.name) === service) services.delete(service.task.name);
  };
  const end = async (service: Service): Promise<void> => {
    service.stop();
    await service.ended;
    remove(service);
  };
  return {
    names: () => [...services.keys()],
    find: (task) => services.get(task),
    add: (service) => services.set(service.task.name, service),
    remove,
    replace: async (task) => {
      const service = services.get(task);
      if (service === undefined) return;
      replaced.add(service);
      followers.delete(task);
      await end(service);
    },
    isReplaced: (service) => replaced.has(service),
    follow: (onEnd) => {
      followers = new Map(onEnd);
    },
    tellEnd: ({ task }, end) => followers.get(task.name)?.(end),
    stop: async (tasks) => {
      for (const name of [...tasks].reverse()) {
        const service = services.get(name);
        if (service !== undefined) await end(service);
      }
    },
  };
}
