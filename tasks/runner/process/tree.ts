import { spawnSync } from 'node:child_process';
import type { Host } from '../host.ts';
import { findProcess, type ProcessRow } from './list.ts';

/**
 * What a killed shell has left in the foreground of the terminal: processes of our group whose parent is no longer of our
 * session, and that are younger than we are. (A shell without job control makes its background children ignore Ctrl-C.)
 * Where sessions are not told, only the first process adopts orphans.
 */
export function orphansOnTerminal(own: number, rows: readonly ProcessRow[]): readonly ProcessRow[] {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const self = byPid.get(own);
  if (self === undefined) return [];
  return rows.filter((row) => {
    const isOfOurs = row.group === self.group && row.session === self.session && row.pid !== own && !row.isZombie;
    const isOrphan = self.session === undefined ? row.parent === 1 : byPid.get(row.parent)?.session !== self.session;
    const mayBeYounger = Number(row.started) >= Number(self.started);
    // A shell and the runner that it starts may begin in one tick of the system's clock.
    return isOfOurs && isOrphan && mayBeYounger && !descendsFrom(own, row.pid);
  });
}

/** Those of the rows that the terminal signals: they are in our group. */
export function inForeground(own: number, rows: readonly ProcessRow[]): readonly ProcessRow[] {
  const group = findProcess(own)?.group;
  return rows.filter((row) => row.group === group);
}

/** Whether the one process was started by the other, or by what that has started. */
export function descendsFrom(pid: number, ancestor: number): boolean {
  for (let row = findProcess(pid); row !== undefined && row.parent > 1; row = findProcess(row.parent)) {
    if (row.parent === ancestor) return true;
  }
  return false;
}

/**
 * Signals each. What may not be signalled belongs to root, because it was started through `sudo`, and is signalled
 * through `sudo -n`.
 */
export function signalEach(
  host: Pick<Host, 'kill'>,
  rows: readonly Pick<ProcessRow, 'pid'>[],
  signal: NodeJS.Signals,
): void {
  const refused = rows.filter((row) => host.kill(row.pid, signal) === 'refused');
  if (refused.length === 0) return;
  const pids = refused.map((row) => String(row.pid));
  spawnSync('sudo', ['-n', 'kill', '-s', signal.slice('SIG'.length), ...pids], { stdio: 'ignore' });
}

/** Lets those go on that were stopped, so that they hear what they were asked. */
export function wakeEach(host: Pick<Host, 'kill'>, rows: readonly ProcessRow[]): void {
  const stopped = rows.filter(({ isStopped }) => isStopped);
  signalEach(host, stopped, 'SIGCONT');
}

/** Kills each, and with it what it starts just now where they have a group that is not ours. */
export function killEach(host: Pick<Host, 'kill' | 'pid'>, rows: readonly ProcessRow[]): void {
  const own = findProcess(host.pid)?.group ?? 0;
  const groups = new Set(rows.flatMap(({ group }) => (own > 0 && group > 0 && group !== own ? group : [])));
  for (const group of groups) host.kill(-group, 'SIGKILL');
  signalEach(host, rows, 'SIGKILL');
}
