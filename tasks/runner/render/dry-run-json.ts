import { usageError } from '../errors.ts';
import { isOwnWord, type PlannedLine } from '../events.ts';
import type { Forecast } from '../fresh/foresee.ts';
import type { Plan, PlannedTask } from '../plan.ts';
import type { Secrets } from '../secrets.ts';
import { jsonOf } from '../text/json.ts';

/** `--dry-run --output=json`: a line for each task in the order of the plan, and the last line of every run. */
export function planAsJson(
  { tasks, doctor }: Plan,
  forecasts: ReadonlyMap<string, Forecast>,
  secrets: Pick<Secrets, 'maskAll'>,
): string {
  if (doctor !== undefined)
    throw usageError('`doctor` plans no tasks to show as JSON', '`doctor --checks` lists its checks and runs none');
  const lines = [
    ...tasks.map((task) => lineOf(task, forecasts.get(task.name))),
    { type: 'run-finished', exit: 0, reason: 'ok' },
  ];
  return lines.map((line) => `${jsonOf(secrets.maskAll(line, isOwnWord))}\n`).join('');
}

function lineOf(task: PlannedTask, forecast: Forecast | undefined): PlannedLine {
  const { name, about, needs, requires, place, work, finally: last, confirm } = task;
  return {
    type: 'task-planned',
    task: name,
    about,
    needs,
    requires,
    state: forecast?.state ?? 'would-run',
    because: forecast?.because ?? [],
    container: place.kind === 'container' ? place.image : undefined,
    commands: commandsOf(work),
    script: work.kind === 'script' ? work.file : undefined,
    finally: last,
    confirm,
  };
}

function commandsOf(work: PlannedTask['work']): readonly string[] {
  if (work.kind === 'run') return work.commands;
  return work.kind === 'service' ? [work.command] : [];
}
