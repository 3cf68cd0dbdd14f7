import type { Args } from '../args.ts';
import type { ArgsRow, Config, ParamRow, TaskRow } from '../config/types.ts';
import { listed } from '../errors.ts';
import { requireTasks } from '../plan/require-task.ts';
import type { Platform } from '../script.ts';
import { asWritten } from '../text/safe-text.ts';
import { whyNotHere } from './catalogue.ts';
import { argsSignature, signature } from './task-list.ts';

/** `--help TASK`: what each named task does, what it needs, and every flag and word that it takes. */
export function describeTasks(config: Config, args: Args, platform: Platform): string {
  const tasks = requireTasks(config, args);
  return asWritten(tasks.map((task) => describeTask(config, task, platform)).join('\n'));
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

type Line = readonly [what: string, about: string];

function inColumns(lines: readonly Line[]): readonly string[] {
  const width = Math.max(...lines.map(([what]) => what.length));
  return lines.map(([what, about]) => `  ${what.padEnd(width)}  ${about}`.trimEnd());
}

function describeParam(name: string, param: ParamRow): Line {
  const bool = String(param.default) === 'true' ? '[=false]' : '';
  const value = { string: '=TEXT', int: '=N', bool, enum: `=${param.values.join('|')}` }[param.type];
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
