import type { Plan, PlannedTask } from '../plan.ts';
import { askedTasks } from './asked.ts';

export type Users = ReadonlyMap<PlannedTask, ReadonlySet<PlannedTask>>;

/** The services of a plan that start for the sake of tasks only, directly or through others, and those tasks. Others were asked for, or are up. */
export function servicesForTasks(
  { tasks, named }: Pick<Plan, 'tasks' | 'named'>,
  users: Users,
  isUp: (service: string) => boolean = () => false,
): ReadonlyMap<PlannedTask, readonly PlannedTask[]> {
  if (users.size === 0) return new Map();
  const asked = askedTasks(tasks, named);
  const startsItself = ({ name, work }: PlannedTask): boolean =>
    work.kind === 'service' && (work.isKept || asked.has(name) || isUp(name));
  return new Map(
    [...users].flatMap(([service, some]): [PlannedTask, readonly PlannedTask[]][] =>
      [service, ...some].some(startsItself) ? [] : [[service, [...some].filter(worksHere)]],
    ),
  );
}

/** Whether a task may turn out to be up to date, so that it needs no service. */
export function mayBeFresh({ tracked }: PlannedTask, { force }: Pick<Plan, 'force'>): boolean {
  return tracked !== undefined && !force;
}

/** Why a service is not started at all. */
export const whyIdle = 'nothing that needs it has to run';

/** Whether a task has work of its own that a service can serve, and does it here. */
function worksHere({ work, skip }: PlannedTask): boolean {
  return (work.kind === 'run' || work.kind === 'script') && skip === undefined;
}
