import { readFileSync } from 'node:fs';
import { attempt } from '../attempt.ts';
import { commandsOf, hasProc, type ProcessRow } from './list.ts';

/** Tells every command of a task which runs are around it, and what these hold: `PID=TASK,SERVICE,…`, the outermost first. */
export const aroundVariable = 'TASKS_AROUND';

/** Those of a tree that no run within it has started: such a run passes a signal on to what it has started, once. */
export function withoutInner(rows: readonly ProcessRow[]): readonly ProcessRow[] {
  const pids = new Set(rows.map(({ pid }) => pid));
  if (hasProc()) return rows.filter(({ pid }) => !pids.has(runnerOf(pid)));
  const commands = commandsOf([...pids]);
  const parents = new Map(rows.map(({ pid, parent }) => [pid, parent]));
  return rows.filter(({ parent }) => !ancestry(parent, parents).some((pid) => isRun.test(commands.get(pid) ?? '')));
}

/** How a run is called, by npm's link or by the file behind it: without /proc nobody tells what a process was told. */
const isRun = /\/(\.bin\/tasks|tasks\/launch\.cjs|(zx-tasks|runner)\/bin\.cjs)( |$)/;

/** A process and those above it, as far as they are known. */
function ancestry(pid: number, parents: ReadonlyMap<number, number>): readonly number[] {
  const chain: number[] = [];
  for (let at: number | undefined = pid; at !== undefined && parents.has(at); at = parents.get(at)) chain.push(at);
  return chain;
}

/** The pid of the run that has started a process, as that was told. */
function runnerOf(pid: number): number {
  return Number.parseInt(toldOf(pid).split(' ').at(-1) ?? '', 10);
}

/** What a process was told of the runs around it; empty where that was nothing, or nobody says. */
export function toldOf(pid: number): string {
  const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'latin1'), '');
  return new RegExp(`\\0${aroundVariable}=([^\\0]*)`).exec(`\0${environment}`)?.[1] ?? '';
}
