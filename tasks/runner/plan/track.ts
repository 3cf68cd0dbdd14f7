import { findTask } from '../config/names.ts';
import { postOrder } from '../config/post-order.ts';
import { namesIn } from '../config/template.ts';
import type { Config, TaskRow } from '../config/types.ts';
import { usageError } from '../errors.ts';
import { expandPath, leavesProject } from '../text/paths.ts';
import { asNeeded, type Request } from './bind.ts';
import { type Fill, fillOf } from './fill.ts';

/** What decides whether a task is up to date, with all names filled in. Only a task that declares `inputs` has it. */
export type Tracked = {
  /** Globs; those of what its needs write come first, so that its own may exclude from them. */
  readonly inputs: readonly string[];
  /** Commands whose output is an input. */
  readonly commands: readonly string[];
  readonly outputs: readonly string[];
  /** Names of variables of the caller's environment. */
  readonly variables: readonly string[];
  /** The commands that print the versions of the tools that it requires. */
  readonly tools: readonly { readonly name: string; readonly command: string }[];
  readonly usesCache: boolean;
  /** Its tools build upon what the last run has left, so that stays in place. */
  readonly isIncremental: boolean;
};

/** Decides what a task is tracked by. `ofNeeds` is what the tasks write that it needs. */
export function planTracking(
  config: Config,
  task: TaskRow,
  fill: Fill,
  ofNeeds: readonly string[],
): Tracked | undefined {
  const { inputs } = task;
  if (inputs === undefined || isOnlyAName(task)) return undefined;
  const globs = inputs.flatMap((input) => (typeof input === 'string' ? [input] : []));
  const commands = inputs.flatMap((input) => (typeof input === 'string' ? [] : [fill.command(input.command)]));
  const outputs = planOutputs(task, fill);
  return {
    inputs: [...ofNeeds, ...globs.map(fill.plain)],
    commands: distinct(commands),
    outputs,
    variables: distinct(task.envInputs),
    tools: distinct(task.requires).flatMap((name) => {
      const check = config.checks[name];
      return check?.kind === 'version' ? [{ name, command: check.command }] : [];
    }),
    usesCache: task.cache ?? (outputs.length > 0 && !task.incremental),
    isIncremental: task.incremental,
  };
}

/** What starts a task again in a watch, where its config says so; a service, which is not tracked, has its inputs. */
export function planWatching(task: TaskRow, fill: Fill, ofNeeds: readonly string[]): readonly string[] | undefined {
  const own = task.watch ?? (task.service === undefined ? undefined : task.inputs);
  if (own === undefined) return undefined;
  const globs = own.flatMap((input) => (typeof input === 'string' ? [fill.plain(input)] : []));
  return task.watch === undefined ? [...ofNeeds, ...globs] : globs;
}

/** What a task writes, as globs. What is typed for a param names something in the project, below where the config has it. */
function planOutputs(task: TaskRow, fill: Pick<Fill, 'plain'>): readonly string[] {
  return task.outputs.map((template) => {
    const glob = fill.plain(template);
    if (leavesProject(glob.replace(/^!/, '')))
      throw usageError(`task \`${task.name}\` would write \`${glob}\`, which is outside of the project`);
    const isTyped = namesIn(template).some((name) => name === 'args' || Object.hasOwn(task.params, name));
    if (isTyped && isTooWide(template, glob))
      throw usageError(
        `task \`${task.name}\` would take \`${glob}\` for its outputs, and everything that appears there for its own`,
        `what is given for \`${template}\` must name a file or folder in ${folderOf(template) || 'the project'}`,
      );
    return glob;
  });
}

/** Whether a glob takes in the whole project, or leads up from where its template is. */
function isTooWide(template: string, glob: string): boolean {
  const own = template.split('/');
  const leadsAstray = glob.split('/').some((part) => /^(?:\.\.|\.git|\.tasks)$/.test(part) && !own.includes(part));
  const [first = ''] = expandPath(glob).split('/');
  const wasWide = wildcard.test((own[0] ?? '').replaceAll(/\$\{[^{}]*\}/g, ''));
  return leadsAstray || first === '' || (!wasWide && wildcard.test(first.replaceAll(ofOneName, '_')));
}

const wildcard = /[*?[\]{}()|]/;
/** As in `[slug].js`, `report (1).pdf` or `a{b}`: such names files have, and as globs they take in few others. */
const ofOneName = /(?:\[[^*?[\]{}()|]+\]|\{[^*?[\]{}()|,]+\}|(?<![!@+])\([^*?[\]{}()|]+\))(?!\+)/g;

/** The folder in which a template is before anything is filled in. */
function folderOf(template: string): string {
  const [start = ''] = template.split('${');
  return start.includes('/') ? `\`${start.slice(0, start.lastIndexOf('/'))}\`` : '';
}

/** What the tasks write that a task needs, whether they are planned with it or not; one without work stands for its own needs. */
export function outputsOfNeeds(config: Config, task: TaskRow, requests: readonly Request[]): readonly string[] {
  const needsOf = ({ needs }: TaskRow): TaskRow[] => needs.flatMap((word) => findTask(config, word) ?? []);
  return postOrder(needsOf(task), (need) => (isOnlyAName(need) ? needsOf(need) : [])).flatMap((need) => {
    if (isOnlyAName(need)) return [];
    const request = requests.find((other) => other.task === need) ?? asNeeded(need);
    return planOutputs(need, fillOf(config, request));
  });
}

/** A task without work of its own, which stands for what it needs. */
function isOnlyAName({ run, script }: TaskRow): boolean {
  return run.length === 0 && script === undefined;
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
