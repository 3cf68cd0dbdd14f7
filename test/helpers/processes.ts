import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export type Row = { readonly pid: number; readonly parent: number; readonly state: string };

/** The processes whose parent is that one. */
export function childrenOf(parent: number): readonly Row[] {
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return names.flatMap((name) => rowOf(Number(name))).filter((row) => row.parent === parent);
}

/** Whether a process exists and has not ended. */
export function isRunning(pid: number): boolean {
  return rowOf(pid).some(({ state }) => state !== 'Z');
}

/** The processes that run in a folder. */
export function runningIn(folder: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => folderOf(pid) === folder && isRunning(pid));
}

/** What a process was started with, as one line; empty where it has gone. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').join(' ').trim();
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code));
    if (isGone) return '';
    throw error;
  }
}

function folderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch (error) {
    const isGone =
      error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH', 'EACCES'].includes(String(error.code));
    if (isGone) return undefined;
    throw error;
  }
}

function rowOf(pid: number): readonly Row[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid, state, parent: Number(parent) }];
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code));
    if (isGone) return [];
    throw error;
  }
}
