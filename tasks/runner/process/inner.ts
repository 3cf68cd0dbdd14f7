import { readFileSync } from 'node:fs';
import type { ProcessRow } from './list.ts';

/** Tells every command of a task which runs are around it, and what these hold: `PID=TASK,SERVICE,…`, the outermost first. */
export const aroundVariable = 'TASKS_AROUND';

/** Those of a tree that no run within it has started: such a run passes a signal on to what it has started, once. */
export function withoutInner(rows: readonly ProcessRow[]): readonly ProcessRow[] {
  const pids = new Set(rows.map(({ pid }) => pid));
  return rows.filter(({ pid }) => !pids.has(runnerOf(pid)));
}

/** The pid of the run that has started a process, as that was told; none where there is no /proc. */
function runnerOf(pid: number): number {
  return Number(new RegExp(`\\0${aroundVariable}=(?:[^\\0]* )?(\\d+)=`).exec(`\0${environmentOf(pid)}`)?.[1]);
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
