// This file is longer than 200 lines because a plan is made in one pass, each step behind the one that calls it.
import { join } from 'node:path';
import { type Args, parseArgs } from './args.ts';
import { builtInTasks } from './config/built-in.ts';
import { findTask } from './config/names.ts';
import { signProblem } from './config/rules/services.ts';
import type { Config, Retry, ServiceRow, Sign, TaskRow } from './config/types.ts';
import { type Problem, UserError, usageError } from './errors.ts';
import { keepAsked, namedTasks } from './plan/asked.ts';
import { asNeeded, bindRequests, missingParams, type ParamValues, type Request } from './plan/bind.ts';
import { type DoctorRequest, readDoctorRequest } from './plan/doctor.ts';
import { type Fill, fillOf } from './plan/fill.ts';
import { appliesTo, choosePlace, type Place, refuse } from './plan/place.ts';
import { withRest } from './plan/rest.ts';
import { outputsOfNeeds, planTracking, planWatching, type Tracked } from './plan/track.ts';
import type { Platform } from './script.ts';
import { withArticle } from './text/words.ts';

/** What a task does: commands for /bin/sh, a script, or nothing but its needs. */
export type Work =
  | { readonly kind: 'run'; readonly commands: readonly string[] }
  | { readonly kind: 'script'; readonly file: string }
  | PlannedService
  | { readonly kind: 'none' };

/** A command that goes on while tasks need it; one that is kept, until Ctrl-C. */
export type PlannedService = {
  readonly kind: 'service';
  readonly command: string;
  readonly signs: readonly Sign[];
  readonly withinMs: number;
  readonly isKept: boolean;
};

/** A task with everything decided: nothing in it is looked up again. */
export type PlannedTask = {
  readonly name: string;
  readonly about: string | undefined;
  /** Must have succeeded first. */
  readonly needs: readonly string[];
  /** Must have ended first: the words of the command line run one after another. */
  readonly after: readonly string[];
  readonly requires: readonly string[];
  readonly place: Place;
  /** Why it is skipped here, if it is. */
  readonly skip: string | undefined;
  readonly work: Work;
  readonly params: ParamValues;
  readonly args: readonly string[];
  readonly rest: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
  readonly timeoutMs: number | undefined;
  readonly interactive: boolean;
  readonly confirm: string | undefined;
  readonly finally: readonly string[];
  readonly retry: Retry | undefined;
  /** Names of which no two running tasks may hold the same. */
  readonly locks: readonly string[];
  /** How many of the jobs it takes. */
  readonly weight: number;
  /** What decides whether it is up to date; undefined for a task that always runs. */
  readonly tracked: Tracked | undefined;
  /** Globs of what starts it again in a watch, where that is not what it is tracked by. */
  readonly watches: readonly string[] | undefined;
};

export type FailureMode = 'start-nothing-new' | 'keep-going' | 'fail-fast';

/** What will run, in an order in which it can. */
export type Plan = {
  readonly root: string;
  readonly platform: Platform;
  readonly tasks: readonly PlannedTask[];
  /** The tasks that somebody named, and not only needs. */
  readonly named: readonly string[];
  readonly doctor: DoctorRequest | undefined;
  readonly jobs: number;
  readonly onFailure: FailureMode;
  readonly onHost: boolean;
  /** Run also what is up to date. */
  readonly force: boolean;
  /** It is to make a check pass, which is asked again afterwards. */
  readonly isFix: boolean;
};

type Situation = { readonly root: string; readonly platform: Platform; readonly cores: () => number };

/** Binds the command line to the config and decides what runs, where and in which order; refuses what may not run. */
export function makePlan(config: Config, args: Args, situation: Situation): Plan {
  const { flags } = args;
  const requests = bindRequests(config, args);
  const doctor = readDoctor(requests, flags.output);
  const tasks =
    doctor === undefined
      ? planTasks(config, requests, { ...situation, hostIsAsked: flags.host, withNeeds: !flags.only })
      : [];
  const hostChangesNothing =
    flags.host && doctor === undefined && tasks.length > 0 && !tasks.some((task) => canMove(config, task.name));
  if (hostChangesNothing) throw usageError('`--host` changes nothing: no planned task runs in a container');
  return {
    root: situation.root,
    platform: situation.platform,
    tasks,
    named: namedTasks(config, tasks, requests),
    doctor,
    // To ask for them loads more of Node.
    jobs: flags.jobs ?? (tasks.length > 1 ? situation.cores() : 1),
    onFailure: flags.keepGoing ? 'keep-going' : flags.failFast ? 'fail-fast' : 'start-nothing-new',
    onHost: flags.host,
    force: flags.force,
    isFix: false,
  };
}

/** The plan of one task as if it were typed alone: for a fix that is a task. */
export function planOne(config: Config, task: string, situation: Situation): Plan {
  const { from: _, ...whole } = config;
  return { ...makePlan(whole, { ...parseArgs([]), items: [{ kind: 'word', text: task }] }, situation), isFix: true };
}

function readDoctor(requests: readonly Request[], output: Args['flags']['output']): DoctorRequest | undefined {
  const request = requests.find(({ task }) => task === builtInTasks.doctor);
  if (request === undefined) return undefined;
  if (requests.length > 1)
    throw usageError('`doctor` cannot be combined with other tasks', 'name the other tasks in a second command');
  return readDoctorRequest(request, output);
}

function canMove(config: Config, name: string): boolean {
  const task = config.tasks[name];
  return task?.container !== undefined || task?.script !== undefined;
}

type Options = Situation & { readonly hostIsAsked: boolean; readonly withNeeds: boolean };

function planTasks(config: Config, requests: readonly Request[], options: Options): readonly PlannedTask[] {
  const planned = new Map<string, PlannedTask>();
  const problems: Problem[] = [];
  let after: readonly string[] = [];
  for (const request of requests) {
    addTask(request);
    // Not only the last one, which an earlier one may have needed and so have had run before itself.
    after = [...after, request.task.name];
  }
  if (problems.length > 0) throw new UserError('usage', problems);
  return keepAsked([...planned.values()], after.slice(-1));

  function addTask(request: Request): void {
    const { task } = request;
    if (planned.has(task.name)) return;
    const needs = options.withNeeds ? task.needs.flatMap((word) => findTask(config, word) ?? []) : [];
    for (const need of needs)
      addTask(requests.find((other) => other.task === need) ?? asCell(request, need) ?? needed(need));
    const refusal = appliesTo(task.platforms, options.platform) ? refuse(config, task, options) : undefined;
    if (refusal !== undefined) problems.push(refusal);
    const inputsOfNeeds = task.inputs === undefined ? [] : outputsOfNeeds(config, task, requests);
    const names = needs.map((need) => need.name);
    planned.set(task.name, planTask(config, request, { ...options, after, needs: names, inputsOfNeeds }));
  }

  /** What was typed after the name of a matrix is for each of its cells. */
  function asCell(whole: Request, task: TaskRow): Request | undefined {
    return task.cell?.of === whole.task.name ? { ...whole, task } : undefined;
  }

  function needed(task: TaskRow): Request {
    problems.push(
      ...missingParams(task, withoutRequired).map((name) => ({
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

const withoutRequired = {};

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
