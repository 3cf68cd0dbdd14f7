import { relative } from 'node:path';
import { compilePatterns } from '../fresh/glob.ts';
import { matchOutputs } from '../fresh/outputs.ts';
import type { Plan } from '../plan.ts';

/** The files whose changes start a task again. */
export type Gaze = {
  readonly task: string;
  readonly globs: readonly string[];
  /** What tasks write is no change, even where a glob matches it. */
  readonly isOutput: (path: string) => boolean;
  /** The whole project, since nobody knows what the task reads. */
  readonly isWhole: boolean;
};

/** What editors leave beside a file while they have it open. */
const ofEditors = ['!**/*~', '!**/.*.sw?', '!**/.#*', '!**/4913'];

/**
 * Decides what is watched: what a task's `watch` says, else its `inputs`, and its script. Of a task without either nobody
 * knows what it reads: if it was asked for by name, everything in the project counts, else only what it needs.
 */
export function gazesOf(plan: Pick<Plan, 'root' | 'tasks'>, asked: ReadonlySet<string>): readonly Gaze[] {
  const outputs = plan.tasks.flatMap((task) => task.tracked?.outputs ?? []);
  const isOutputOfAny = matchOutputs(outputs.filter((glob) => !glob.startsWith('!')));
  return plan.tasks.flatMap((task): readonly Gaze[] => {
    if (task.skip !== undefined || task.work.kind === 'none') return [];
    const declared = task.watches ?? task.tracked?.inputs;
    const isWhole = declared === undefined && asked.has(task.name) && task.work.kind !== 'service';
    const globs = isWhole ? ['**', ...ofEditors] : (declared ?? []);
    const own = task.work.kind === 'script' ? [relative(plan.root, task.work.file)] : [];
    const all = [...withoutPackages(globs), ...own];
    const isOutput = isWhole ? isOutputOfAny : matchOutputs(task.tracked?.outputs ?? []);
    return all.length === 0 ? [] : [{ task: task.name, globs: all, isOutput, isWhole }];
  });
}

/** Installed packages are many and change by hand only rarely: they are watched where a glob names their folder. */
function withoutPackages(globs: readonly string[]): readonly string[] {
  const isNamed = globs.some((glob) => glob.split('/').includes('node_modules'));
  const mayEnter = !isNamed && compilePatterns(globs).mayHold('node_modules');
  const mayEnterDeeper = !isNamed && globs.some((glob) => glob.includes('**'));
  return mayEnter || mayEnterDeeper ? [...globs, '!**/node_modules/**'] : globs;
}
