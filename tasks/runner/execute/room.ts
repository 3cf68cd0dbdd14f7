import type { PlannedTask } from '../plan.ts';

/** What tasks of one run share: so many jobs, each named lock once, and the terminal. */
export type Room = {
  readonly hasRoomFor: (task: PlannedTask) => boolean;
  readonly enter: (task: PlannedTask) => void;
  readonly leave: (task: PlannedTask) => void;
};

/** Makes the room of a run. */
export function makeRoom(jobs: number): Room {
  const inside = new Set<PlannedTask>();
  const lockedNames = new Set<string>();
  let used = 0;
  let someoneHasTerminal = false;
  /** A task heavier than all jobs together runs alone. */
  const weightOf = (task: PlannedTask): number => Math.min(task.weight, jobs);
  return {
    hasRoomFor: (task) => {
      if (inside.size === 0) return true;
      if (someoneHasTerminal || task.interactive) return false;
      return used + weightOf(task) <= jobs && !task.locks.some((name) => lockedNames.has(name));
    },
    enter: (task) => {
      inside.add(task);
      used += weightOf(task);
      someoneHasTerminal ||= task.interactive;
      for (const name of task.locks) lockedNames.add(name);
    },
    leave: (task) => {
      if (!inside.delete(task)) return;
      used -= weightOf(task);
      if (task.interactive) someoneHasTerminal = false;
      for (const name of task.locks) lockedNames.delete(name);
    },
  };
}
