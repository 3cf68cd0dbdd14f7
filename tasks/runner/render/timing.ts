import type { Stamped, TaskEnd } from '../events.ts';
import { closureOf } from '../plan/users.ts';
import type { PlannedTask } from '../plan.ts';

/** What a run looked like in time. */
export type Timing = {
  readonly wallMs: number;
  /** Task → how long it ran, and a service until it was ready; without those that did not. */
  readonly tookMs: ReadonlyMap<string, number>;
  /** Task → how long it could not start because another run held what it needs. */
  readonly heldUpMs: ReadonlyMap<string, number>;
  /** For how long all jobs were taken: only then could more of them have helped. */
  readonly fullMs: number;
};

type Told = Extract<Stamped, { readonly type: 'task-waiting' | 'service-ready' | 'task-finished' }>;
type Planned = { readonly tasks: readonly Pick<PlannedTask, 'name' | 'needs' | 'weight'>[]; readonly jobs: number };
type Change = { readonly atMs: number; readonly jobs: number };

/** Follows a run by its ends, and by what is waited for. */
export function makeTiming({ tasks, jobs }: Planned): {
  readonly take: (event: Told) => void;
  readonly after: (wallMs: number) => Timing;
} {
  const weights = new Map(tasks.map(({ name, weight }) => [name, Math.min(weight, jobs)]));
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const startsMs = new Map<string, number>();
  const tookMs = new Map<string, number>();
  const waitsSinceMs = new Map<string, number>();
  const heldUpMs = new Map<string, number>();
  const changes: Change[] = [];
  /** How long services took to be ready that started only when a task which needs them had been waiting. */
  const servicesMs = (task: string, sinceMs: number): number =>
    [...closureOf(byName.get(task)?.needs ?? [], byName)]
      .filter(({ name }) => (startsMs.get(name) ?? 0) >= sinceMs)
      .reduce((sum, { name }) => sum + (tookMs.get(name) ?? 0), 0);
  return {
    take: (event) => {
      const { task, atMs } = event;
      if (event.type === 'task-waiting') {
        if (!waitsSinceMs.has(task)) waitsSinceMs.set(task, atMs);
        return;
      }
      // The end of a service that was ready: since then it has taken no job.
      if (startsMs.has(task)) return;
      const weight = weights.get(task) ?? 1;
      const startedMs = atMs - event.tookMs;
      startsMs.set(task, startedMs);
      const sinceMs = waitsSinceMs.get(task);
      if (sinceMs !== undefined) heldUpMs.set(task, Math.max(0, startedMs - sinceMs - servicesMs(task, sinceMs)));
      changes.push({ atMs: startedMs, jobs: weight }, { atMs, jobs: -weight });
      if (event.type === 'service-ready' || hasRun(event.end)) tookMs.set(task, event.tookMs);
    },
    after: (wallMs) => ({ wallMs, tookMs, heldUpMs, fullMs: fullMs(changes, jobs) }),
  };
}

/** Whether a task took time of its own. */
function hasRun({ state }: TaskEnd): boolean {
  return state === 'done' || state === 'failed';
}

function fullMs(changes: readonly Change[], jobs: number): number {
  let [sum, taken, sinceMs] = [0, 0, 0];
  for (const change of [...changes].sort((a, b) => a.atMs - b.atMs)) {
    if (taken >= jobs) sum += change.atMs - sinceMs;
    taken += change.jobs;
    sinceMs = change.atMs;
  }
  return sum;
}
