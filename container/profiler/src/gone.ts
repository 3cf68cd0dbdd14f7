/** Connections that are over though no call has said so: who closes a Unix one may not have read to its end, nor has who was killed. */
import type { Followed } from './followed.ts';
import type { KernelSide } from './kernel-side.ts';

/** How long one is silent before it is asked whether anybody has its socket; then as long again as it has been, each time. */
const SILENT_NS = 1e9;

/** Those among `entries`, all of them Unix ones, whose socket nobody has any more. */
export function findGone(
  entries: readonly Followed[],
  kernel: Pick<KernelSide, 'isStillOpen'>,
  nowNs: number,
): readonly Followed[] {
  return entries.filter((entry) => {
    const { open, lastNs, askedNs } = entry;
    const silentNs = Math.max(SILENT_NS, 2 * (askedNs - lastNs));
    if (lastNs > nowNs - silentNs) return false;
    entry.askedNs = nowNs;
    return !kernel.isStillOpen(open.sock, open.conn);
  });
}

/** Whether one that has been silent for long is: the kernel follows it no more, or it may begin anew with what comes next. */
export function isOver({ open, isBusy }: Followed, kernel: Pick<KernelSide, 'isOpen'>): boolean {
  return !kernel.isOpen(open.sock, open.conn) || (open.isUnix && !isBusy);
}
