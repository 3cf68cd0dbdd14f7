import type { Host } from '../host.ts';
import type { Left } from './ending.ts';
import type { ProcessRow } from './list.ts';
import { killEach, signalEach, wakeEach } from './tree.ts';

/** How long the descendants of a cancelled process may go on before they are asked, in case its signal was not for them. */
const patienceMs = 300;
/** What cannot be ended is not waited for. */
const dyingMs = 1_000;

export type Swept = Pick<Left, 'tree' | 'hasHeard' | 'graceMs'>;

/** The ending of what one process has left behind, step by step. */
export type Sweep = {
  /** Does what is due, and says whether all is over. */
  readonly step: (listed: readonly ProcessRow[]) => boolean;
  /** Its grace is over. */
  readonly hurry: () => void;
};

/**
 * What outlives a process that was cancelled may clean up within the same grace; then it is made to end. What has not heard of
 * that is asked, but not while it works for somebody who cleans up.
 */
export function makeSweep(host: Pick<Host, 'kill' | 'clockMs' | 'pid'>, { tree, hasHeard, graceMs }: Swept): Sweep {
  let endMs = host.clockMs() + graceMs;
  const firstSeenMs = new Map<number, number>();
  const asked = new Set<number>();
  const killed = new Set<number>();
  const ask = (rows: readonly ProcessRow[], nowMs: number): void => {
    const parents = new Map(rows.map(({ pid, parent }) => [pid, parent]));
    const cleaning = new Set(rows.filter(hasHeard).map(({ pid }) => pid));
    const worksForOne = (pid: number | undefined): boolean =>
      pid !== undefined && (cleaning.has(pid) || worksForOne(parents.get(pid)));
    const due = rows.filter(({ pid }) => {
      if (asked.has(pid) || worksForOne(pid)) return false;
      const sinceMs = firstSeenMs.get(pid) ?? nowMs;
      firstSeenMs.set(pid, sinceMs);
      return nowMs - sinceMs >= patienceMs;
    });
    signalEach(host, due, 'SIGTERM');
    wakeEach(host, due);
    for (const { pid } of due) asked.add(pid);
  };
  const kill = (rows: readonly ProcessRow[]): void => {
    killEach(
      host,
      rows.filter(({ pid }) => !killed.has(pid)),
    );
    for (const { pid } of rows) killed.add(pid);
  };
  return {
    step: (listed) => {
      const found = tree.look(listed);
      const rows = found.length > 0 ? found : tree.look();
      const nowMs = host.clockMs();
      if (rows.length === 0) return true;
      if (nowMs < endMs) ask(rows, nowMs);
      else kill(rows);
      return nowMs >= endMs + dyingMs;
    },
    hurry: () => {
      endMs = Math.min(endMs, host.clockMs());
    },
  };
}
