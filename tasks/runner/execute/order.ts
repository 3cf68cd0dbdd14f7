import type { TaskEnd } from '../events.ts';
import type { PlannedTask } from '../plan.ts';

/** Which tasks have ended and how, and which may be next. */
export type Order = {
  /** Tasks whose predecessors have all ended, or one that they need without success, in the order of the plan. */
  readonly candidates: () => readonly PlannedTask[];
  /** Takes a task out of those that wait. */
  readonly take: (task: PlannedTask) => void;
  /** Takes out all that still wait, candidates or not. */
  readonly takeAll: () => readonly PlannedTask[];
  readonly end: (task: PlannedTask, end: TaskEnd) => void;
  /** A service that was ready has failed after all. */
  readonly amend: (task: PlannedTask, end: TaskEnd) => void;
  readonly isWaiting: (task: PlannedTask) => boolean;
  readonly hasEnded: (task: PlannedTask) => boolean;
  /** Whether one of a task's needs has done something, and was not only left as it was. */
  readonly someNeedRan: (task: PlannedTask) => boolean;
  /** Whether one of them, or one that it only stands for, has done something in this very run: a service of ours, too. */
  readonly someNeedWorked: (task: PlannedTask) => boolean;
  /** The first of a task's needs that has not succeeded. */
  readonly unmetNeed: (task: PlannedTask) => string | undefined;
};

/** Makes the order of a plan. Counts what each task waits for, so that an end costs no look at every other task. */
export function makeOrder(tasks: readonly PlannedTask[]): Order {
  const waiting = new Set(tasks);
  const positions = new Map(tasks.map((task, index) => [task, index]));
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const ends = new Map<string, TaskEnd>();
  const successors = new Map<string, PlannedTask[]>();
  const missing = new Map<PlannedTask, number>();
  const ready: PlannedTask[] = [];

  for (const task of tasks) {
    const predecessors = new Set([...task.needs, ...task.after].filter((name) => byName.has(name)));
    missing.set(task, predecessors.size);
    for (const name of predecessors) {
      const known = successors.get(name);
      if (known === undefined) successors.set(name, [task]);
      else known.push(task);
    }
    if (predecessors.size === 0) ready.push(task);
  }

  const position = (task: PlannedTask): number => positions.get(task) ?? 0;
  const insert = (task: PlannedTask): void => {
    if (!waiting.has(task) || ready.includes(task)) return;
    const index = ready.findIndex((other) => position(other) > position(task));
    ready.splice(index === -1 ? ready.length : index, 0, task);
  };

  const note = (task: PlannedTask, end: TaskEnd): void => {
    ends.set(task.name, end);
    if (succeeded(end)) return;
    for (const successor of successors.get(task.name) ?? []) if (successor.needs.includes(task.name)) insert(successor);
  };

  const someNeedWorked = (task: PlannedTask): boolean =>
    task.needs.some((name) => {
      const need = byName.get(name);
      if (need === undefined || ends.get(name)?.state !== 'done') return false;
      return need.work.kind !== 'none' || someNeedWorked(need);
    });

  return {
    candidates: () => ready,
    take: (task) => {
      waiting.delete(task);
      const index = ready.indexOf(task);
      if (index !== -1) ready.splice(index, 1);
    },
    takeAll: () => {
      const all = [...waiting];
      waiting.clear();
      ready.length = 0;
      return all;
    },
    end: (task, end) => {
      note(task, end);
      for (const successor of successors.get(task.name) ?? []) {
        const left = (missing.get(successor) ?? 0) - 1;
        missing.set(successor, left);
        if (left === 0) insert(successor);
      }
    },
    amend: note,
    isWaiting: (task) => waiting.has(task),
    hasEnded: (task) => ends.has(task.name),
    someNeedRan: (task) => task.needs.some((name) => ends.get(name)?.state === 'done'),
    someNeedWorked,
    unmetNeed: (task) =>
      task.needs.find((name) => {
        const end = ends.get(name);
        return end !== undefined && !succeeded(end);
      }),
  };
}

function succeeded({ state }: TaskEnd): boolean {
  return state === 'done' || state === 'skipped';
}
