import { spawnSync } from 'node:child_process';
import type { Host } from '../host.ts';
import { findProcess, findProcesses, listProcesses, type ProcessRow, unknownProcess } from './list.ts';

/** A process, the members of the group that it leads, and everything that descends from them; where nobody tells, it alone. */
export function treeOf(root: number): readonly ProcessRow[] {
  const rows = listProcesses();
  if (rows.length === 0) return [unknownProcess(root)];
  const members = new Set([root, ...rows.filter((row) => row.group === root).map((row) => row.pid)]);
  for (let before = 0; before < members.size; ) {
    before = members.size;
    for (const row of rows) if (members.has(row.parent)) members.add(row.pid);
  }
  return rows.filter((row) => members.has(row.pid) && !row.isZombie);
}

/**
 * What a killed shell has left in the foreground of the terminal: processes of our group whose parent is no longer of our
 * session, and that are younger than we are. (A shell without job control makes its background children ignore Ctrl-C.)
 * Where sessions are not told, only the first process adopts orphans.
 */
export function orphansOnTerminal(own: number): readonly ProcessRow[] {
  const rows = listProcesses();
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

/** Those of the rows that still run. */
export function stillRunning(before: readonly ProcessRow[]): readonly ProcessRow[] {
  const now = new Map(findProcesses(before.map(({ pid }) => pid)).map((row) => [row.pid, row]));
  return before.filter((row) => {
    const same = now.get(row.pid);
    return same !== undefined && same.started === row.started && !same.isZombie;
  });
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

/** Signals a whole tree. */
export function signalTree(host: Pick<Host, 'kill'>, root: number, signal: NodeJS.Signals): void {
  signalEach(host, treeOf(root), signal);
}
