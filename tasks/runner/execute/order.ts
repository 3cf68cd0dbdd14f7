import type { TaskEnd } from '../events.ts';
import { closureOf } from '../plan/users.ts';
import type { PlannedTask } from '../plan.ts';
import type { Demand } from './demand.ts';

/** Which tasks have ended and how, and which may be next. */
export type Order = {
  /**
   * Tasks whose predecessors have all ended, or one that they need without success, and those that can be looked at before
   * their services start; in the order of the plan.
   */
  readonly candidates: () => readonly PlannedTask[];
  /** Whether a task waits for nothing any more, so that it can run. */
  readonly mayRun: (task: PlannedTask) => boolean;
  /** Takes a task out of those that wait. */
  readonly take: (task: PlannedTask) => void;
  /** Lets one wait again that was looked at, until it can run, or cannot any more. */
  readonly putBack: (task: PlannedTask) => void;
  /** Makes a candidate again of one that has been looked at, and still waits. */
  readonly lookAgain: (task: PlannedTask) => void;
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

/**
 * Makes the order of a plan. Counts what each task waits for, so that an end costs no look at every other task. Some can be
 * looked at when less has ended.
 */
export function makeOrder(tasks: readonly PlannedTask[], looked: Demand['looked']): Order {
  const waiting = new Set(tasks);
  const positions = new Map(tasks.map((task, index) => [task, index]));
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const ends = new Map<string, TaskEnd>();
  /** What has done something in this very run, or stands for what has. */
  const worked = new Set<string>();
  const successors = new Map<string, PlannedTask[]>();
  const missing = new Map<PlannedTask, number>();
  const ready: PlannedTask[] = [];
  const lookers = new Map<string, PlannedTask[]>();
  const missingForLook = new Map<PlannedTask, number>();

  /** Who is looked at runs also after the services that it needs through others. */
  const withServices = new Map([...looked].map(([task, { services }]) => [task, [...task.needs, ...services]]));
  const needsOf = (task: PlannedTask): readonly string[] => withServices.get(task) ?? task.needs;
  for (const task of tasks) {
    const predecessors = new Set([...needsOf(task), ...task.after].filter((name) => byName.has(name)));
    missing.set(task, predecessors.size);
    for (const name of predecessors) addTo(successors, name, task);
    const before = looked.get(task)?.after ?? predecessors;
    if (before !== predecessors) for (const name of before) addTo(lookers, name, task);
    missingForLook.set(task, before.size);
    if (before.size === 0) ready.push(task);
  }

  const position = (task: PlannedTask): number => positions.get(task) ?? 0;
  const insert = (task: PlannedTask): void => {
    if (!waiting.has(task) || ready.includes(task)) return;
    const index = ready.findIndex((other) => position(other) > position(task));
    ready.splice(index === -1 ? ready.length : index, 0, task);
  };

  const note = (task: PlannedTask, end: TaskEnd): void => {
    ends.set(task.name, end);
    if (end.state === 'done' && (task.work.kind !== 'none' || someNeedWorked(task))) worked.add(task.name);
    else worked.delete(task.name);
    if (succeeded(end)) return;
    for (const successor of successors.get(task.name) ?? [])
      if (needsOf(successor).includes(task.name)) insert(successor);
  };

  const someNeedWorked = ({ needs }: PlannedTask): boolean => needs.some((name) => worked.has(name));

  const unmetNeed = (task: PlannedTask): string | undefined =>
    needsOf(task).find((name) => {
      const end = ends.get(name);
      return end !== undefined && !succeeded(end);
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
    mayRun: (task) => missing.get(task) === 0,
    putBack: (task) => {
      waiting.add(task);
      // What it needs may have failed while it was looked at.
      if (missing.get(task) === 0 || unmetNeed(task) !== undefined) insert(task);
    },
    lookAgain: insert,
    end: (task, end) => {
      note(task, end);
      for (const successor of successors.get(task.name) ?? []) if (isLast(missing, successor)) insert(successor);
      for (const looker of lookers.get(task.name) ?? []) {
        const isLost = !succeeded(end) && closureOf(looker.needs, byName).has(task);
        if (!isLost && isLast(missingForLook, looker)) insert(looker);
      }
    },
    amend: note,
    isWaiting: (task) => waiting.has(task),
    hasEnded: (task) => ends.has(task.name),
    someNeedRan: (task) => task.needs.some((name) => ends.get(name)?.state === 'done'),
    someNeedWorked,
    unmetNeed,
  };
}

function addTo(map: Map<string, PlannedTask[]>, name: string, task: PlannedTask): void {
  const known = map.get(name);
  if (known === undefined) map.set(name, [task]);
  else known.push(task);
}

/** One thing less is missing: whether it was the last. */
function isLast(missing: Map<PlannedTask, number>, task: PlannedTask): boolean {
  const left = (missing.get(task) ?? 0) - 1;
  missing.set(task, left);
  return left === 0;
}

function succeeded({ state }: TaskEnd): boolean {
  return state === 'done' || state === 'skipped';
}
