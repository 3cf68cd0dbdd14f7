import type { Config, ParamValue, TaskRow } from '../config/types.ts';
import { didYouMean, listed, type Problem } from '../errors.ts';
import { withArticle } from '../text/words.ts';
import type { ParamValues } from './bind.ts';

/** A task of the command line with what follows it, as far as that has been read. */
export type OpenRequest = {
  readonly task: TaskRow;
  readonly given: Record<string, ParamValue>;
  /** Params that were given what they do not take, or by a name that is not theirs. */
  readonly wrong: Set<string>;
  readonly args: string[];
};

/** The params that must be given and are not. */
export function missingParams(task: TaskRow, given: ParamValues): readonly string[] {
  return Object.entries(task.params).flatMap(([name, param]) =>
    param.required && given[name] === undefined ? [name] : [],
  );
}

/** What is missing of the params and words of a task, or is none that it takes. */
export function argProblems({ task, args, given, wrong }: OpenRequest): Problem[] {
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
  return values.length === 0 ? `\`npx tasks --help ${task}\` describes it` : `it takes ${listed(values)}`;
}

/** One task cannot run twice in a run. */
export function sameTaskTwice(open: readonly OpenRequest[]): Problem[] {
  return open.flatMap((request, index) => {
    const earlier = open.slice(0, index).find((other) => other.task === request.task);
    const isSame = earlier === undefined || JSON.stringify(earlier.given) === JSON.stringify(request.given);
    return isSame
      ? []
      : [{ message: `task \`${request.task.name}\` is given twice with different flags`, hint: 'run it twice' }];
  });
}

/** The name of a matrix stands for its cells, which all have the same command. */
export function withCommand(config: Config, task: TaskRow): TaskRow {
  return Object.values(config.tasks).find(({ cell }) => cell?.of === task.name) ?? task;
}

/** Words after `--` need a command. */
export function restProblems(config: Config, last: TaskRow | undefined): Problem[] {
  if (last === undefined) return [{ message: 'words after `--` need a task before them' }];
  const { run, script, service } = withCommand(config, last);
  const hasCommand = run.length > 0 || script !== undefined || service !== undefined;
  return hasCommand ? [] : [{ message: `task \`${last.name}\` has no command to take the words after \`--\`` }];
}
