import type { Args } from '../args.ts';
import { builtInTasks } from '../config/built-in.ts';
import type { ArgsRow, Config, ParamRow, TaskRow } from '../config/types.ts';
import { listed } from '../errors.ts';
import type { Paint } from '../paint.ts';
import { requireTask } from '../plan/require-task.ts';
import type { Platform } from '../script.ts';
import { firstLine } from '../text/words.ts';
import { catalogueOf, whyNotHere } from './entries.ts';
import { pretence } from './text.ts';

/** `--list`, as text or, with `--output=json`, as data. */
export function showList(config: Config, { flags }: Args, platform: Platform, paint: Paint): string {
  return flags.output === 'json' ? listAsJson(config, platform) : listTasks(config, platform, paint);
}

/** The tasks by group, what else they are called, and why one is not to be had here. */
function listTasks(config: Config, platform: Platform, paint: Paint): string {
  const tasks = [...Object.values(config.tasks), ...Object.values(builtInTasks)].filter((task) => !task.hidden);
  // What has no group comes first: below a heading it would seem to belong to it.
  const groups = new Map<string, TaskRow[]>([['', []]]);
  for (const task of tasks) groups.set(task.group ?? '', [...(groups.get(task.group ?? '') ?? []), task]);
  const width = Math.max(...tasks.map((task) => signature(task).length));
  const lines = [...groups].flatMap(([group, members]) => [
    ...(group === '' ? [] : [paint.bold(firstLine(group))]),
    ...members.map((task) =>
      `  ${signature(task).padEnd(width)}  ${description(config, task, platform, paint)}`.trimEnd(),
    ),
  ]);
  return [...[pretence(platform) ?? []].flat(), ...lines, ''].join('\n');
}

function listAsJson(config: Config, platform: Platform): string {
  const tasks = [...Object.values(config.tasks), ...Object.values(builtInTasks)];
  return `${JSON.stringify({ schemaVersion: 1, tasks: catalogueOf(config, tasks, platform) }, undefined, 2)}\n`;
}

/** `--help TASK`: what each named task does, what it needs, and every flag and word that it takes. */
export function describeTasks(config: Config, args: Args, platform: Platform): string {
  const words = args.items.flatMap((item) => (item.kind === 'word' ? [item.text] : []));
  return words.map((word) => describeTask(config, requireTask(config, word), platform)).join('\n');
}

function describeTask(config: Config, task: TaskRow, platform: Platform): string {
  const params = Object.entries(task.params);
  const facts = [
    task.aliases.length === 0 ? [] : `also called: ${listed(task.aliases)}`,
    task.needs.length === 0 ? [] : `runs first: ${listed(task.needs)}`,
    task.requires.length === 0 ? [] : `requires the checks: ${listed(task.requires)}`,
    task.container === undefined ? [] : `runs in the container \`${task.container}\``,
    task.confirm === undefined ? [] : `asks before anything starts: ${task.confirm}`,
    whyNotHere(config, task, platform) ?? [],
  ].flat();
  return [
    `usage: tasks ${signature(task)}${params.length === 0 ? '' : ' [flags]'}`,
    ...(task.about === undefined ? [] : ['', task.about.trim()]),
    ...(facts.length === 0 ? [] : ['', ...facts]),
    ...(params.length === 0
      ? []
      : ['', 'flags:', ...inColumns(params.map(([name, param]) => describeParam(name, param)))]),
    ...(task.args === undefined ? [] : ['', 'words:', ...inColumns([describeArgs(task.args)])]),
    '',
  ].join('\n');
}

function signature({ name, args }: TaskRow): string {
  return args === undefined ? name : `${name} ${argsSignature(args)}`;
}

function argsSignature({ name, required, max }: ArgsRow): string {
  const words = max === 1 ? name : `${name}…`;
  return required ? words : `[${words}]`;
}

function description(config: Config, task: TaskRow, platform: Platform, paint: Paint): string {
  const aliases = task.aliases.length === 0 ? '' : paint.dim(` (also ${task.aliases.join(', ')})`);
  const unavailable = whyNotHere(config, task, platform);
  return `${firstLine(task.about ?? '')}${aliases}${unavailable === undefined ? '' : paint.yellow(` — ${unavailable}`)}`.trim();
}

type Line = readonly [what: string, about: string];

function inColumns(lines: readonly Line[]): readonly string[] {
  const width = Math.max(...lines.map(([what]) => what.length));
  return lines.map(([what, about]) => `  ${what.padEnd(width)}  ${about}`.trimEnd());
}

function describeParam(name: string, param: ParamRow): Line {
  const value = { string: '=TEXT', int: '=N', bool: '', enum: `=${param.values.join('|')}` }[param.type];
  return [`--${name}${value}`, `${inOneLine(param.about)} ${whenNotGiven(param)}`.trim()];
}

function whenNotGiven({ type, required, default: value = '' }: ParamRow): string {
  if (required) return '(required)';
  const isFalse = type === 'bool' && value === '';
  return isFalse ? '' : `(default: ${value === '' ? 'empty' : value})`;
}

function describeArgs(args: ArgsRow): Line {
  const values = args.values === undefined ? '' : `(${args.values.join(', ')})`;
  return [argsSignature(args), `${inOneLine(args.about)} ${values}`.trim()];
}

function inOneLine(about: string | undefined): string {
  return (about ?? '').replaceAll(/\s+/g, ' ').trim();
}
