import type { Config, Sign } from '../config/types.ts';
import { listed } from '../errors.ts';
import type { Forecast } from '../fresh/foresee.ts';
import type { Paint } from '../paint.ts';
import { namedChecks } from '../plan/named-checks.ts';
import type { Plan, PlannedTask } from '../plan.ts';
import { asWritten, withNames } from '../text/safe-text.ts';
import { commandLines, pretence } from './lines.ts';

export type DryRunOptions = { readonly paint: Paint; readonly forecasts: ReadonlyMap<string, Forecast> };

/** `--dry-run`: what would run, in which order, where and why. */
export function describePlan(plan: Plan, config: Config, { paint, forecasts }: DryRunOptions): string {
  const lines =
    plan.doctor === undefined
      ? plan.tasks.flatMap((task, index) =>
          describeTask(task, `${index + 1}. ${paint.bold(task.name)}`, forecasts.get(task.name)),
        )
      : [describeDoctor(plan.doctor.words, config)];
  return [...[pretence(plan.platform) ?? []].flat(), ...lines, ''].join('\n');
}

function describeDoctor(words: readonly string[], config: Config): string {
  const names = namedChecks(config, words);
  return names.length === 0 ? 'doctor: the config has no checks' : `doctor: would run the checks ${listed(names)}`;
}

function describeTask(task: PlannedTask, head: string, forecast: Forecast | undefined): readonly string[] {
  if (forecast?.state === 'skipped') return [`${head} is skipped: ${asWritten(forecast.because.join())}`];
  if (forecast?.state === 'up-to-date') return [`${head} is up to date${asWritten(unless(forecast))}`];
  const details = [
    task.needs.length === 0 ? [] : `after ${listed(task.needs)}`,
    task.requires.length === 0 ? [] : `requires the checks ${listed(task.requires)}`,
    ...(forecast?.because ?? []).map((reason) => `due to: ${withNames(reason)}`),
    task.confirm === undefined ? [] : `asks before anything starts: ${task.confirm}`,
    ...workLines(task),
    task.finally.flatMap((step) => commandLines('finally $ ', step)),
  ].flat();
  return [`${head} ${asWritten(placeOf(task))}`, ...details.map((line) => `     ${asWritten(line)}`)];
}

function unless({ because }: Forecast): string {
  return because.length === 0 ? '' : `, unless ${because.join(' or ')}`;
}

function placeOf({ work, place }: PlannedTask): string {
  if (work.kind === 'none') return 'only groups what it needs';
  if (place.kind === 'container') return `runs in the container \`${place.image}\``;
  return `runs on this machine${place.why === undefined ? '' : `: ${place.why}`}`;
}

function workLines({ work, args, rest }: PlannedTask): readonly string[] {
  switch (work.kind) {
    case 'run':
      return work.commands.flatMap((command) => commandLines('$ ', command));
    case 'script':
      return [`script ${[work.file, ...args, ...rest].join(' ')}`];
    case 'service':
      return [
        ...commandLines('service $ ', work.command),
        ...work.signs.map(({ kind, value }) => `ready when ${signs[kind](value)}`),
      ];
    case 'none':
      return [];
    default:
      return work satisfies never;
  }
}

const signs: Record<Sign['kind'], (value: string) => string> = {
  http: (url) => `${url} answers`,
  tcp: (port) => `${port} takes connections`,
  log: (pattern) => `a line of its output matches ${pattern}`,
  command: (command) => `\`${command}\` exits with 0`,
  health: (container) => `the container \`${container}\` is healthy`,
};
