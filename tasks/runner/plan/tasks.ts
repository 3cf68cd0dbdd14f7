import { join } from 'node:path';
import { findTask } from '../config/names.ts';
import { postOrder } from '../config/post-order.ts';
import { signProblem } from '../config/rules/services.ts';
import type { Config, ServiceRow, TaskRow } from '../config/types.ts';
import { type Problem, UserError, usageError } from '../errors.ts';
import type { PlannedTask, Situation, Work } from '../plan.ts';
import { withArticle } from '../text/words.ts';
import { keepAsked } from './asked.ts';
import { asNeeded, type Request } from './bind.ts';
import { type Fill, fillOf } from './fill.ts';
import { appliesTo, choosePlace, refuse } from './place.ts';
import { missingParams } from './request-problems.ts';
import { withRest } from './rest.ts';
import { outputsOfNeeds, planTracking, planWatching } from './track.ts';

type Options = Omit<Situation, 'cores'> & { readonly hostIsAsked: boolean; readonly withNeeds: boolean };

/** The tasks that were asked for and, unless they are not wanted, what these need, in an order in which they can run. */
export function planTasks(config: Config, requests: readonly Request[], options: Options): readonly PlannedTask[] {
  const planned = new Map<string, PlannedTask>();
  const problems: Problem[] = [];
  let after: readonly string[] = [];
  for (const request of requests) {
    addTasks(request);
    // Not only the last one, which an earlier one may have needed and so have had run before itself.
    after = [...after, request.task.name];
  }
  if (problems.length > 0) throw new UserError('usage', problems);
  return keepAsked([...planned.values()], after);

  function addTasks(first: Request): void {
    const how = new Map([[first.task, first]]);
    const nextOf = function* (task: TaskRow): Iterable<TaskRow> {
      for (const need of needsOf(task)) {
        if (planned.has(need.name)) continue;
        if (!how.has(need)) how.set(need, howNeeded(how.get(task), need));
        yield need;
      }
    };
    if (planned.has(first.task.name)) return;
    for (const task of postOrder([first.task], nextOf)) addTask(how.get(task) ?? first);
  }

  function needsOf(task: TaskRow): readonly TaskRow[] {
    return options.withNeeds ? task.needs.flatMap((word) => findTask(config, word) ?? []) : [];
  }

  function howNeeded(by: Request | undefined, need: TaskRow): Request {
    return requests.find((other) => other.task === need) ?? asCell(by, need) ?? needed(need);
  }

  function addTask(request: Request): void {
    const { task } = request;
    const refusal = appliesTo(task.platforms, options.platform) ? refuse(config, task, options) : undefined;
    if (refusal !== undefined) problems.push(refusal);
    const inputsOfNeeds = task.inputs === undefined ? [] : outputsOfNeeds(config, task, requests);
    const names = needsOf(task).map((need) => need.name);
    planned.set(task.name, planTask(config, request, { ...options, after, needs: names, inputsOfNeeds }));
  }

  /** What was typed after the name of a matrix is for each of its cells. */
  function asCell(whole: Request | undefined, task: TaskRow): Request | undefined {
    return whole !== undefined && task.cell?.of === whole.task.name ? { ...whole, task } : undefined;
  }

  function needed(task: TaskRow): Request {
    problems.push(
      ...missingParams(task, {}).map((name) => ({
        message: `task \`${task.name}\` needs \`--${name}\`, so no other task can start it`,
      })),
    );
    if (task.args?.required === true) {
      const message = `task \`${task.name}\` needs ${withArticle(task.args.name)} after its name, so no other task can start it`;
      problems.push({ message });
    }
    return asNeeded(task);
  }
}

type Order = {
  readonly after: readonly string[];
  readonly needs: readonly string[];
  /** What its needs write, whether they are planned too or not. */
  readonly inputsOfNeeds: readonly string[];
};

function planTask(config: Config, request: Request, options: Options & Order): PlannedTask {
  const { task, params, args, rest } = request;
  const fill = fillOf(config, request);
  const isHere = appliesTo(task.platforms, options.platform);
  const image = task.container === undefined ? undefined : fill.plain(task.container);
  return {
    name: task.name,
    about: task.about,
    needs: options.needs,
    after: options.after,
    requires: task.requires,
    place: choosePlace(image, options.hostIsAsked),
    skip: isHere
      ? undefined
      : `it is for ${(task.platforms ?? []).join(', ')}, and this is ${options.platform.os}-${options.platform.arch}`,
    work: planWork(request, fill, options.root),
    params,
    args,
    rest,
    env: Object.fromEntries(Object.entries(task.env).map(([name, value]) => [name, fill.plain(value)])),
    cwd: join(options.root, fill.plain(task.cwd ?? '.')),
    timeoutMs: task.timeoutMs,
    interactive: task.interactive,
    confirm: task.confirm === undefined ? undefined : fill.plain(task.confirm),
    finally: task.finally.map(fill.command),
    retry: task.retry,
    locks: (task.locks ?? []).map(fill.plain),
    weight: task.weight ?? 1,
    tracked: planTracking(config, task, fill, options.inputsOfNeeds),
    watches: planWatching(task, fill, options.inputsOfNeeds),
  };
}

function planWork(request: Request, fill: Fill, root: string): Work {
  const { task, rest } = request;
  if (task.script !== undefined) return { kind: 'script', file: join(root, task.script) };
  if (task.service !== undefined) return planService(task.service, request, fill);
  if (task.run.length === 0) return { kind: 'none' };
  const commands = task.run.map(fill.command);
  const last = commands.pop() ?? '';
  return { kind: 'run', commands: [...commands, withRest(task.name, last, rest)] };
}

function planService({ run, ready }: ServiceRow, { task, rest }: Request, fill: Fill): Work {
  const signs = (ready?.signs ?? []).map(({ kind, value }) => ({
    kind,
    value: (kind === 'command' ? fill.command : fill.plain)(value),
  }));
  for (const sign of signs) {
    const problem = signProblem(sign);
    if (problem !== undefined)
      throw usageError(`task \`${task.name}\` would wait for \`${sign.value}\`, which ${problem}`);
  }
  const command = withRest(task.name, fill.command(run), rest);
  return { kind: 'service', command, signs, withinMs: ready?.withinMs ?? 0, isKept: false };
}
