import type { Plan, PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';
import { assess } from './assess.ts';

/** What can be said about a task before anything runs. */
export type Forecast = {
  readonly isFresh: boolean;
  /** Why it runs; of a task that is up to date, what could still make it run. */
  readonly because: readonly string[];
};

/** Says which planned tasks are up to date. Only reads, and starts nothing: what a command prints is taken to be as last time. */
export async function foresee(session: Session, plan: Plan): Promise<ReadonlyMap<string, Forecast>> {
  const forecasts = new Map<string, Forecast>();
  const willRun = new Set<string>();
  for (const task of plan.tasks) {
    const runsFirst = task.needs.filter((name) => willRun.has(name));
    const forecast = await foreseeTask(session, plan, task, runsFirst);
    if (forecast !== undefined) forecasts.set(task.name, forecast);
    const mayRun = task.skip === undefined && (forecast?.isFresh !== true || runsFirst.length > 0);
    if (mayRun) willRun.add(task.name);
  }
  return forecasts;
}

async function foreseeTask(
  session: Session,
  plan: Plan,
  task: PlannedTask,
  runsFirst: readonly string[],
): Promise<Forecast | undefined> {
  const { tracked } = task;
  if (tracked === undefined || task.skip !== undefined) return undefined;
  if (plan.force) return { isFresh: false, because: ['`--force` was given'] };
  const { isFresh, because } = await assess(session, task, tracked, { mayStart: false });
  if (!isFresh) return { isFresh, because };
  const commands = [...tracked.tools.map(({ command }) => command), ...tracked.commands];
  return {
    isFresh,
    because: [
      ...runsFirst.map((name) => `\`${name}\` writes something else`),
      ...commands.map((command) => `\`${command}\` prints something else`),
    ],
  };
}
