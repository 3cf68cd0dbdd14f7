import type { Args, Item } from '../args.ts';
import type { Config, ParamRow, ParamValue, TaskRow } from '../config/types.ts';
import { didYouMean, listed, type Problem, UserError } from '../errors.ts';
import { withArticle } from '../text/words.ts';
import { requireTask } from './require-task.ts';
import { unknownFlag } from './unknown-flag.ts';

/** Undefined where nothing was given: no number is empty. */
export type ParamValues = Readonly<Record<string, ParamValue | undefined>>;

/** A task as the command line asks for it. */
export type Request = {
  readonly task: TaskRow;
  readonly params: ParamValues;
  readonly args: readonly string[];
  readonly rest: readonly string[];
};

type OpenRequest = {
  readonly task: TaskRow;
  readonly given: Record<string, ParamValue>;
  /** Params that were given what they do not take. */
  readonly wrong: Set<string>;
  readonly args: string[];
};

/** Gives words and flags their meaning: a word is a task or goes to the one before it, a flag belongs to the task before it. */
export function bindRequests(config: Config, args: Args): readonly Request[] {
  const problems: Problem[] = [];
  const open = openRequests(config, args.items, problems);
  const last = open.at(-1);
  problems.push(...open.flatMap(argProblems), ...sameTaskTwice(open));
  if (args.rest.length > 0) problems.push(...restProblems(config, last?.task));
  if (problems.length > 0) throw new UserError('usage', problems);
  return open.map((request) => ({
    task: request.task,
    params: withDefaults(request.task, request.given),
    args: request.args,
    rest: request === last ? args.rest : [],
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

/** The params that must be given and are not. */
export function missingParams(task: TaskRow, given: ParamValues): readonly string[] {
  return Object.entries(task.params).flatMap(([name, param]) =>
    param.required && given[name] === undefined ? [name] : [],
  );
}

const emptyValues = { string: '', int: undefined, bool: false, enum: '' } as const satisfies Record<
  ParamRow['type'],
  ParamValue | undefined
>;

function openRequests(config: Config, items: readonly Item[], problems: Problem[]): readonly OpenRequest[] {
  const open: OpenRequest[] = [];
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
    if (current === undefined || param === undefined) {
      problems.push(unknownFlag(item.name, current?.task));
      continue;
    }
    const next = items[index + 1];
    const takesNext = item.value === undefined && param.type !== 'bool' && next?.kind === 'word';
    if (takesNext) index++;
    const text = takesNext && next?.kind === 'word' ? next.text : item.value;
    const value = readParam(param, text);
    if (value !== undefined) {
      current.given[item.name] = value;
      continue;
    }
    problems.push(badValue(current.task, item.name, param, text));
    current.wrong.add(item.name);
  }
  return open;
}

function ownParam(task: TaskRow, name: string): ParamRow | undefined {
  return Object.hasOwn(task.params, name) ? task.params[name] : undefined;
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

function argProblems({ task, args, given, wrong }: OpenRequest): Problem[] {
  const notGiven = missingParams(task, given).filter((name) => !wrong.has(name));
  const missing = notGiven.map((name) => ({
    message: `task \`${task.name}\` needs \`--${name}\``,
    hint: whatIsMeant(task.name, task.params[name]?.values),
  }));
  const row = task.args;
  if (row === undefined) return missing;
  const unknown = args.filter((word) => row.values !== undefined && !row.values.includes(word));
  return [
    ...missing,
    ...unknown.map((word) => ({
      message: `\`${word}\` is not ${withArticle(row.name)} of task \`${task.name}\`${didYouMean(word, row.values ?? [])}`,
      hint: `it takes ${listed(row.values ?? [])}`,
    })),
    ...(row.required && args.length === 0
      ? [
          {
            message: `task \`${task.name}\` needs ${withArticle(row.name)} after its name`,
            hint: whatIsMeant(task.name, row.values),
          },
        ]
      : []),
    ...(args.length > (row.max ?? Infinity)
      ? [{ message: `task \`${task.name}\` takes at most ${row.max} ${row.name}, not ${args.length}` }]
      : []),
  ];
}

function whatIsMeant(task: string, values: readonly string[] = []): string {
  return values.length === 0 ? `\`tasks --help ${task}\` describes it` : `it takes ${listed(values)}`;
}

function sameTaskTwice(open: readonly OpenRequest[]): Problem[] {
  return open.flatMap((request, index) => {
    const earlier = open.slice(0, index).find((other) => other.task === request.task);
    const isSame = earlier === undefined || JSON.stringify(earlier.given) === JSON.stringify(request.given);
    return isSame
      ? []
      : [{ message: `task \`${request.task.name}\` is given twice with different flags`, hint: 'run it twice' }];
  });
}

/** The name of a matrix stands for its cells, which all take the words. */
function restProblems(config: Config, last: TaskRow | undefined): Problem[] {
  if (last === undefined) return [{ message: 'words after `--` need a task before them' }];
  const { run, script, service } = Object.values(config.tasks).find(({ cell }) => cell?.of === last.name) ?? last;
  const hasCommand = run.length > 0 || script !== undefined || service !== undefined;
  return hasCommand ? [] : [{ message: `task \`${last.name}\` has no command to take the words after \`--\`` }];
}
