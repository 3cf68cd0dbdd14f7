import { readlinkSync } from 'node:fs';
import { attempt } from '../attempt.ts';
import { listProcesses, type ProcessRow } from './list.ts';

/** What a process writes to, as the system names it, where that is a pipe or socket that is not ours too. */
export function outputOf(pid: number): string | undefined {
  const output = linkOf(pid, 1);
  const isOurs = output === linkOf('self', 1) || output === linkOf('self', 2);
  return output === undefined || isOurs || !/^(pipe|socket):/.test(output) ? undefined : output;
}

/** The processes whose output is one of these. */
export function holdersOf(outputs: ReadonlySet<string>): readonly ProcessRow[] {
  if (outputs.size === 0) return [];
  return listProcesses().filter(({ pid }) => outputs.has(linkOf(pid, 1) ?? ''));
}

/** None where the process has ended, is another user's, or where there is no /proc. */
function linkOf(pid: number | 'self', fd: number): string | undefined {
  return attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), undefined);
}
