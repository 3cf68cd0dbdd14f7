import { readdirSync, readFileSync } from 'node:fs';

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
