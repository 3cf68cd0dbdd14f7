import type { TaskEnd } from '../events.ts';
import type { PlannedTask } from '../plan.ts';

type Selectable = Pick<PlannedTask, 'name' | 'needs' | 'skip'> & { readonly work: Pick<PlannedTask['work'], 'kind'> };

export type Situation = {
  /** The tasks for which something has changed. */
  readonly roots: ReadonlySet<string>;
  /** How each task ended when it last had its turn; those that never had one are missing. */
  readonly ends: ReadonlyMap<string, TaskEnd['state']>;
  readonly isUp: (service: string) => boolean;
};

/**
 * The tasks that the next run has: those for which something has changed and all that needs them; what these need and has not
 * succeeded, and the services that they need; and what earlier runs left out because of a failure, unless that still stands.
 */
export function selectTasks<Task extends Selectable>(
  tasks: readonly Task[],
  { roots, ends, isUp }: Situation,
): readonly Task[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const chosen = new Set([...roots].filter((name) => byName.has(name)));
  const isWell = ({ name, work }: Task): boolean => {
    const state = ends.get(name);
    return state === 'skipped' || (work.kind === 'service' ? isUp(name) : state === 'done');
  };
  const known = new Map<string, boolean>();
  /** Whether it is, or needs, a service that is not up: then whoever needs it may have to start that. */
  const lacksService = (name: string): boolean => {
    const task = byName.get(name);
    const lacks =
      known.get(name) ?? ((task?.work.kind === 'service' && !isUp(name)) || (task?.needs.some(lacksService) ?? false));
    known.set(name, lacks);
    return lacks;
  };
  const complete = (): void => {
    for (let before = -1; before < chosen.size; ) {
      before = chosen.size;
      for (const task of tasks) if (task.needs.some((name) => chosen.has(name))) chosen.add(task.name);
      for (const task of [...tasks].reverse()) {
        if (!chosen.has(task.name)) continue;
        for (const name of task.needs) {
          const need = byName.get(name);
          if (need !== undefined && (!isWell(need) || need.work.kind === 'service' || lacksService(name)))
            chosen.add(name);
        }
      }
    }
  };
  complete();
  // In the order of the plan, so that what needs one of them finds it chosen.
  for (const task of tasks) {
    const isLeft = isPending(task, ends.get(task.name), isUp) && !chosen.has(task.name);
    const mayRun = task.needs.every((name) => {
      const need = byName.get(name);
      return need === undefined || chosen.has(name) || isWell(need);
    });
    if (isLeft && mayRun) chosen.add(task.name);
  }
  complete();
  return tasks.filter((task) => chosen.has(task.name));
}

/** Not yet done, for a reason that lay elsewhere; or a service that has ended by itself, and not one that nobody needed. */
function isPending(
  { name, work }: Selectable,
  state: TaskEnd['state'] | undefined,
  isUp: (service: string) => boolean,
): boolean {
  if (work.kind === 'service') return !isUp(name) && state !== 'skipped';
  return state === undefined || state === 'not-started' || state === 'cancelled';
}
