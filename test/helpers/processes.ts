import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export type Row = { readonly pid: number; readonly parent: number; readonly state: string };

/** The processes whose parent is that one. */
export function childrenOf(parent: number): readonly Row[] {
  return allPids()
    .flatMap(rowOf)
    .filter((row) => row.parent === parent);
}

/** Whether a process exists and has not ended. */
export function isRunning(pid: number): boolean {
  return rowOf(pid).some(({ state }) => state !== 'Z');
}

/** Whether a process was stopped and has not been told to go on. */
export function isStopped(pid: number): boolean {
  return rowOf(pid).some(({ state }) => state === 'T');
}

/** The processes that run in a folder. */
export function runningIn(folder: string): readonly number[] {
  return allPids().filter((pid) => unlessGone(() => readlinkSync(`/proc/${pid}/cwd`)) === folder && isRunning(pid));
}

/** What a process was started with, as one line; empty where it has gone. */
export function commandOf(pid: number): string {
  const text = unlessGone(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
  return (text ?? '').split('\0').join(' ').trim();
}

/** The processes that there are now. */
export function allPids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function rowOf(pid: number): readonly Row[] {
  const stat = unlessGone(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (stat === undefined) return [];
  const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [{ pid, state, parent: Number(parent) }];
}

/** Undefined where the process has ended, or may not be asked. */
function unlessGone<Found>(look: () => Found): Found | undefined {
  try {
    return look();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(code)) return undefined;
    throw error;
  }
}
