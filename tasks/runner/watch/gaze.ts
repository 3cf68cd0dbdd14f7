import { relative } from 'node:path';
import { compilePatterns } from '../fresh/glob.ts';
import { matchOutputs } from '../fresh/outputs.ts';
import type { Tracked } from '../plan/track.ts';
import type { Plan } from '../plan.ts';
import type { Due } from './due.ts';

/** The files whose changes start a task again. */
export type Gaze = {
  readonly task: string;
  readonly globs: readonly string[];
  /** What the task writes is no change, even where a glob matches it; nor is, for others, what a task that failed has left. */
  readonly isOutput: (path: string) => boolean;
  /** The whole project, since nobody knows what the task reads. */
  readonly isWhole: boolean;
};

/**
 * Decides what is watched: what a task's `watch` says, else its `inputs`, and its script. Of a task without either nobody
 * knows what it reads: if it was asked for by name, everything in the project counts, else only what it needs.
 */
export function gazesOf(
  plan: Pick<Plan, 'root' | 'tasks'>,
  asked: ReadonlySet<string>,
  hasFailed: (task: string) => boolean,
): readonly Gaze[] {
  const outputs = plan.tasks.flatMap((task) => task.tracked?.outputs ?? []);
  const isOutputOfAny = matchOutputs(outputs.filter((glob) => !glob.startsWith('!')));
  const writers = plan.tasks.map(({ name, tracked }) => ({ name, writes: matchMade(tracked) }));
  const isOfAFailure = (path: string): boolean => writers.some(({ name, writes }) => hasFailed(name) && writes(path));
  return plan.tasks.flatMap((task): readonly Gaze[] => {
    if (task.skip !== undefined || task.work.kind === 'none') return [];
    const declared = task.watches ?? task.tracked?.inputs;
    const isWhole = declared === undefined && asked.has(task.name) && task.work.kind !== 'service';
    const globs = isWhole ? ['**'] : (declared ?? []);
    const own = task.work.kind === 'script' ? [relative(plan.root, task.work.file)] : [];
    const all = [...withoutPackages(globs), ...own];
    const isOwn = isWhole ? isOutputOfAny : matchOutputs(task.tracked?.outputs ?? []);
    const isOutput = (path: string): boolean => isOwn(path) || isOfAFailure(path);
    return all.length === 0 ? [] : [{ task: task.name, globs: all, isOutput, isWhole }];
  });
}

/**
 * What has changed, and the tasks to begin with: also those that made what has changed, as after `rm -rf dist`. They find out
 * themselves whether they have to make it again.
 */
export function withMakers({ tasks }: Pick<Plan, 'tasks'>, due: ReturnType<Due['take']>) {
  const makers = tasks.filter(({ tracked }) => [...due.paths].some(matchMade(tracked)));
  return { paths: due.paths, roots: new Set([...due.tasks, ...makers.map(({ name }) => name)]) };
}

/** What a task makes; of files that it reads too, as one that formats them, a change may be somebody's who mends them. */
function matchMade(tracked: Pick<Tracked, 'inputs' | 'outputs'> | undefined): (path: string) => boolean {
  const writes = matchOutputs(tracked?.outputs ?? []);
  const reads = matchOutputs(tracked?.inputs ?? []);
  return (path) => writes(path) && !reads(path);
}

/** Installed packages are many and change by hand only rarely: they are watched where a glob names their folder. */
function withoutPackages(globs: readonly string[]): readonly string[] {
  const isNamed = globs.some((glob) => glob.split('/').includes('node_modules'));
  const mayEnter = !isNamed && compilePatterns(globs).mayHold('node_modules');
  const mayEnterDeeper = !isNamed && globs.some((glob) => glob.includes('**'));
  return mayEnter || mayEnterDeeper ? [...globs, '!**/node_modules/**'] : globs;
}
