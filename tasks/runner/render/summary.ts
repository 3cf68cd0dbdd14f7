import { listed } from '../errors.ts';
import type { Marks } from '../marks.ts';
import type { PlannedTask } from '../plan.ts';
import { durationInWords } from '../text/words.ts';
import type { Timing } from './timing.ts';

/** A task that ran, or the wait of one for another run. */
type Step = { readonly task: string; readonly tookMs: number };

/** The chain of tasks that the run could not have been shorter than, and what else took time. */
export type Analysis = {
  readonly path: readonly Step[];
  readonly pathMs: number;
  /** Spent beyond the path while all jobs were taken: with more of them it could be spared. */
  readonly waitedMs: number;
};

/** What is known of a planned task. */
type Planned = Pick<PlannedTask, 'name' | 'needs' | 'after' | 'tracked' | 'interactive'> & {
  readonly work: Pick<PlannedTask['work'], 'kind'>;
};

/** Finds the critical path; undefined where nothing ran. */
function analyse(
  tasks: readonly Pick<Planned, 'name' | 'needs' | 'after'>[],
  { wallMs, tookMs, heldUpMs, fullMs }: Timing,
): Analysis | undefined {
  if (tookMs.size === 0 && heldUpMs.size === 0) return undefined;
  const ends = new Map<string, { readonly ms: number; readonly before: string | undefined }>();
  const ownMs = (task: string): number => (heldUpMs.get(task) ?? 0) + (tookMs.get(task) ?? 0);
  for (const { name, needs, after } of tasks) {
    const before = [...needs, ...after].reduce<string | undefined>(
      (latest, other) => ((ends.get(other)?.ms ?? 0) > (ends.get(latest ?? '')?.ms ?? 0) ? other : latest),
      undefined,
    );
    ends.set(name, { ms: (ends.get(before ?? '')?.ms ?? 0) + ownMs(name), before });
  }
  const [last] = [...ends].sort(([, a], [, b]) => b.ms - a.ms)[0] ?? [];
  const path: Step[] = [];
  for (let task = last; task !== undefined; task = ends.get(task)?.before) {
    const [took, heldUp] = [tookMs.get(task), heldUpMs.get(task)];
    if (took !== undefined) path.unshift({ task, tookMs: took });
    if (heldUp !== undefined) path.unshift({ task: 'wait for another run', tookMs: heldUp });
  }
  const pathMs = ends.get(last ?? '')?.ms ?? 0;
  return { path, pathMs, waitedMs: Math.max(0, Math.min(wallMs - pathMs, fullMs)) };
}

/** A run that is shorter is not worth the words, unless they are asked for. */
const worthMs = 10_000;
/** What could be saved is named from this share of the run on, and from this time on. */
const worthShare = 0.05;
const worthSavingMs = 1_000;
const mostNamed = 8;

/** The analysis in words; none where there is nothing to say. */
export function summaryLines(
  tasks: readonly Planned[],
  timing: Timing,
  { verbose, marks }: { readonly verbose: boolean; readonly marks: Pick<Marks, 'arrow' | 'ellipsis'> },
): readonly string[] {
  const analysis = analyse(tasks, timing);
  if (analysis === undefined || (timing.wallMs < worthMs && !verbose)) return [];
  const { path, pathMs, waitedMs } = analysis;
  const longest = longestOf(path);
  const steps = path.map((step) =>
    longest.has(step) ? `${step.task} ${durationInWords(step.tookMs)}` : marks.ellipsis,
  );
  const isNews = (step: string, index: number): boolean => step !== marks.ellipsis || step !== steps[index - 1];
  const names = steps.filter(isNews).join(` ${marks.arrow} `);
  const isWorthSaving = (ms: number): boolean => ms > Math.max(worthSavingMs, timing.wallMs * worthShare);
  // A chain that is all of the run is its own critical path, and nothing in it can be done at once.
  const isAll = path.length === timing.tookMs.size && timing.heldUpMs.size === 0;
  const always = path.filter(
    ({ task, tookMs }) => tookMs > 0 && couldBeTracked(tasks.find(({ name }) => name === task)),
  );
  const named = [...longestOf(always)].map(({ task }) => task);
  const others = always.length === named.length ? '' : ` and ${always.length - named.length} more`;
  const whichRun = always.length > 1 ? 'which always run: with `inputs` they' : 'which always runs: with `inputs` it';
  const alwaysMs = always.reduce((sum, { tookMs }) => sum + tookMs, 0);
  return [
    ...(isAll || pathMs === 0 ? [] : [`critical path ${durationInWords(pathMs)}: ${names}`]),
    ...(!isAll && isWorthSaving(waitedMs)
      ? [
          `${durationInWords(waitedMs)} beyond it: with more tasks at once (\`--jobs\`) the run could be that much shorter`,
        ]
      : []),
    ...(isWorthSaving(alwaysMs)
      ? [
          `${durationInWords(alwaysMs)} in ${listed(named)}${others}, ${whichRun} would be skipped while those have not changed`,
        ]
      : []),
  ];
}

/** Those that are worth a look, in their order, so that a line is no page. */
function longestOf(path: Analysis['path']): ReadonlySet<Analysis['path'][number]> {
  const longest = new Set([...path].sort((a, b) => b.tookMs - a.tookMs).slice(0, mostNamed));
  return new Set(path.filter((step) => longest.has(step)));
}

/** Whether a task does something, and each time. */
export function alwaysRuns({ work, tracked }: Pick<Planned, 'work' | 'tracked'>): boolean {
  return (work.kind === 'run' || work.kind === 'script') && tracked === undefined;
}

/** A task that always runs, and need not if it said what it reads. */
function couldBeTracked(task: Planned | undefined): boolean {
  return task !== undefined && alwaysRuns(task) && !task.interactive;
}
