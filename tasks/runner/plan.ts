import { type Args, parseArgs } from './args.ts';
import { builtInTasks } from './config/built-in.ts';
import type { Project } from './config/load.ts';
import type { Config, Retry, Sign } from './config/types.ts';
import { usageError } from './errors.ts';
import type { Host } from './host.ts';
import { namedTasks } from './plan/asked.ts';
import { bindRequests, type ParamValues, type Request } from './plan/bind.ts';
import { type DoctorRequest, readDoctorRequest } from './plan/doctor.ts';
import type { Place } from './plan/place.ts';
import { planTasks } from './plan/tasks.ts';
import type { Tracked } from './plan/track.ts';
import type { Platform } from './script.ts';

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

export type Situation = { readonly root: string; readonly platform: Platform; readonly cores: () => number };

type Planner = Pick<Host, 'platform' | 'cores' | 'secrets'>;

/** The plan of a project. From now on no output shows the secrets in what its tasks are given. */
export function planProject(
  { platform, cores, secrets }: Planner,
  { root, config }: Pick<Project, 'root' | 'config'>,
  args: Args,
): Plan {
  const plan = makePlan(config, args, { root, platform, cores });
  const envs = plan.tasks.map((task) => task.env);
  secrets.learn(config.secrets, envs);
  return plan;
}

/** Binds the command line to the config and decides what runs, where and in which order; refuses what may not run. */
function makePlan(config: Config, args: Args, situation: Situation): Plan {
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
export function planOne(host: Planner, { root, config }: Pick<Project, 'root' | 'config'>, task: string): Plan {
  const { from: _, ...whole } = config;
  return { ...planProject(host, { root, config: whole }, parseArgs([task])), isFix: true };
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
