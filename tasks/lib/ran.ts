/** What became of a command, in words. */
import type { Ran } from 'zx-tasks';

/** How it ended: `ended with 125`, `did not end within 5 s`. */
export function fate(ran: Ran): string {
  if (ran.problem === 'timed-out') return `did not end within ${Math.round(ran.tookMs / 1000)} s`;
  if (ran.problem === 'not-found') return 'is not on PATH';
  if (ran.problem === 'not-started') return 'could not be started';
  return ran.code === null ? 'was killed' : `ended with ${ran.code}`;
}

/** The last line of what it printed, which most often is the error. */
export function lastLine(ran: Ran): string {
  return (ran.stderr.trim() || ran.stdout.trim()).split('\n').at(-1)?.trim() || 'it printed nothing';
}
