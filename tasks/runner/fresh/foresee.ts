import { listed } from '../errors.ts';
import type { PlannedLine } from '../events.ts';
import { servicesForTasks, whyIdle } from '../plan/deferred.ts';
import { usersOfServices } from '../plan/users.ts';
import type { Plan, PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';
import { assess } from './assess.ts';

/** What can be said about a task before anything runs. */
export type Forecast = Pick<PlannedLine, 'state' | 'because'>;

/** Says which planned tasks are up to date. Only reads, and starts nothing: what a command prints is taken to be as last time. */
export async function foresee(session: Session, plan: Plan): Promise<ReadonlyMap<string, Forecast>> {
  const forecasts = new Map<string, Forecast>();
  /** Of each task, those that may write what one reads that needs it: itself or, where it has no work of its own, what it needs. */
  const writersOf = new Map<string, readonly string[]>();
  for (const task of plan.tasks) {
    const runsFirst = [...new Set(task.needs.flatMap((name) => writersOf.get(name) ?? []))];
    const forecast = await foreseeTask(session, plan, task, runsFirst);
    forecasts.set(task.name, forecast);
    const { state } = forecast;
    const mayWrite = state === 'would-run' || (state === 'up-to-date' && runsFirst.length > 0);
    const isOnlyAName = task.work.kind === 'none' || task.work.kind === 'service';
    if (mayWrite) writersOf.set(task.name, isOnlyAName ? runsFirst : [task.name]);
  }
  for (const [service, users] of servicesForTasks(plan, usersOfServices(plan.tasks))) {
    const forecast = foreseeService(users, forecasts);
    if (forecast !== undefined && service.skip === undefined) forecasts.set(service.name, forecast);
  }
  return forecasts;
}

/** A service that only starts for tasks which may all be up to date; undefined where one of them is not. */
function foreseeService(users: readonly PlannedTask[], forecasts: ReadonlyMap<string, Forecast>): Forecast | undefined {
  const known = users.map(({ name }) => ({ name, forecast: forecasts.get(name) }));
  if (known.some(({ forecast }) => forecast?.state === 'would-run')) return undefined;
  const unsure = known.flatMap(({ name, forecast }) => (forecast?.because.length === 0 ? [] : [name]));
  const unless = unsure.length === 0 ? '' : `, unless ${listed(unsure)} does after all`;
  return { state: 'skipped', because: [`${whyIdle}${unless}`] };
}

async function foreseeTask(
  session: Session,
  plan: Plan,
  task: PlannedTask,
  runsFirst: readonly string[],
): Promise<Forecast> {
  const { tracked, skip } = task;
  if (skip !== undefined) return { state: 'skipped', because: [skip] };
  if (tracked === undefined) return { state: 'would-run', because: [] };
  if (plan.force) return { state: 'would-run', because: ['`--force` was given'] };
  const { isFresh, because } = await assess(session, task, tracked, { mayStart: false });
  if (!isFresh) return { state: 'would-run', because };
  const commands = [...tracked.tools.map(({ command }) => command), ...tracked.commands];
  return {
    state: 'up-to-date',
    because: [
      ...runsFirst.map((name) => `\`${name}\` writes something else`),
      ...commands.map((command) => `\`${command}\` prints something else`),
    ],
  };
}
