import type { Args, Item } from '../args.ts';
import { findTyped } from '../config/names.ts';
import type { Config, ParamRow, ParamValue, TaskRow } from '../config/types.ts';
import { didYouMean, listed, type Problem, UserError } from '../errors.ts';
import { argProblems, type OpenRequest, restProblems, sameTaskTwice, withCommand } from './request-problems.ts';
import { isMisspelt, isTask, requireTask } from './require-task.ts';
import { areForArgs } from './rest.ts';
import { flagTooEarly, meantParam, takesValue, unknownFlag } from './unknown-flag.ts';

/** Undefined where nothing was given: no number is empty. */
export type ParamValues = Readonly<Record<string, ParamValue | undefined>>;

/** A task as the command line asks for it. */
export type Request = {
  readonly task: TaskRow;
  readonly params: ParamValues;
  readonly args: readonly string[];
  readonly rest: readonly string[];
};

/** Gives words and flags their meaning: a word is a task or goes to the one before it, a flag belongs to the task before it. */
export function bindRequests(config: Config, args: Args): readonly Request[] {
  const problems: Problem[] = [];
  const open = openRequests(config, args.items, problems);
  const last = open.at(-1);
  const areArgs = last !== undefined && args.rest.length > 0 && areForArgs(withCommand(config, last.task));
  if (areArgs) last.args.push(...args.rest);
  problems.push(...open.flatMap(argProblems), ...sameTaskTwice(open));
  if (args.rest.length > 0) problems.push(...restProblems(config, last?.task));
  if (problems.length > 0) throw new UserError('usage', problems);
  return open.map((request) => ({
    task: request.task,
    params: withDefaults(request.task, request.given),
    args: request.args,
    rest: request === last && !areArgs ? args.rest : [],
  }));
}

/** The params of a task that nobody gave any: its defaults. */
function withDefaults(task: TaskRow, given: ParamValues = {}): ParamValues {
  const defaults = Object.entries(task.params).map(([name, param]) => [name, param.default ?? emptyValues[param.type]]);
  return { ...Object.fromEntries(defaults), ...given };
}

/** A task as one that needs it asks for it: with nothing. */
export function asNeeded(task: TaskRow): Request {
  return { task, params: withDefaults(task), args: [], rest: [] };
}

const emptyValues = { string: '', int: undefined, bool: false, enum: '' } as const satisfies Record<
  ParamRow['type'],
  ParamValue | undefined
>;

function openRequests(config: Config, items: readonly Item[], problems: Problem[]): readonly OpenRequest[] {
  const open: OpenRequest[] = [];
  /** Flags before any task. */
  const early = new Set<string>();
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const current = open.at(-1);
    if (item === undefined) break;
    if (item.kind === 'word') {
      const takesWords = current?.task.args !== undefined;
      if (takesWords) current?.args.push(item.text);
      else openTask(config, item.text, open, problems);
      continue;
    }
    const param = current === undefined ? undefined : ownParam(current.task, item.name);
    const next = items[index + 1];
    if (current === undefined || param === undefined) {
      if (current === undefined) early.add(item.name);
      const owner = current === undefined ? ownerBehind(config, item.name, items.slice(index)) : undefined;
      problems.push(owner === undefined ? unknownFlag(item.name, current?.task) : flagTooEarly(item.name, owner));
      // One that is misspelt has a value, too, and is not missing.
      const meant = current === undefined ? undefined : meantParam(item.name, current.task);
      if (meant !== undefined) current?.wrong.add(meant);
      const near = owner?.params[item.name] ?? current?.task.params[meant ?? ''];
      if (takesNext(item, near, next) || isNoTask(config, item, current?.task, next)) index++;
      continue;
    }
    const isNext = takesNext(item, param, next);
    if (isNext) index++;
    const text = isNext ? next.text : item.value;
    const value = readParam(param, text);
    if (value !== undefined) {
      current.given[item.name] = value;
      continue;
    }
    problems.push(badValue(current.task, item.name, param, text));
    current.wrong.add(item.name);
  }
  for (const { wrong } of open) for (const name of early) wrong.add(name);
  return open;
}

function ownParam(task: TaskRow, name: string): ParamRow | undefined {
  return Object.hasOwn(task.params, name) ? task.params[name] : undefined;
}

/** Whether the value of a flag is the next word. */
function takesNext(
  { value }: Extract<Item, { readonly kind: 'flag' }>,
  param: ParamRow | undefined,
  next: Item | undefined,
): next is Extract<Item, { readonly kind: 'word' }> {
  return value === undefined && param !== undefined && param.type !== 'bool' && next?.kind === 'word';
}

/** The task behind a flag that has one of that name. */
function ownerBehind(config: Config, name: string, items: readonly Item[]): TaskRow | undefined {
  return items
    .flatMap((item) => (item.kind === 'word' ? findTyped(config, item.text) : []))
    .find((task) => ownParam(task, name) !== undefined);
}

/** Whether the next word is likely to be the value of a flag that nobody has. */
function isNoTask(
  config: Config,
  { name, value }: Extract<Item, { readonly kind: 'flag' }>,
  task: TaskRow | undefined,
  next: Item | undefined,
): boolean {
  if (value !== undefined || next?.kind !== 'word' || isTask(config, next.text)) return false;
  return takesValue(name, task) ?? (task?.args === undefined && !isMisspelt(config, next.text));
}

function openTask(config: Config, word: string, open: OpenRequest[], problems: Problem[]): void {
  try {
    open.push({ task: requireTask(config, word), given: {}, wrong: new Set(), args: [] });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(...error.problems);
  }
}

function readParam(param: ParamRow, text: string | undefined): ParamValue | undefined {
  switch (param.type) {
    case 'string':
      return text;
    case 'int':
      return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'bool':
      return text === undefined || text === 'true' ? true : text === 'false' ? false : undefined;
    case 'enum':
      return param.values.find((value) => value === text);
    default:
      return param.type satisfies never;
  }
}

function badValue(task: TaskRow, name: string, param: ParamRow, text: string | undefined): Problem {
  const wanted = {
    string: 'a string',
    int: 'a whole number',
    bool: '`true` or `false`',
    enum: `one of ${listed(param.values)}`,
  }[param.type];
  const given = text === undefined ? 'nothing' : `\`${text}\``;
  return {
    message: `\`--${name}\` of task \`${task.name}\` takes ${wanted}, not ${given}${didYouMean(text ?? '', param.values)}`,
  };
}
