import { interrupts } from '../host.ts';
import type { Ended } from '../process/output.ts';
import type { Session } from '../session.ts';

/** How much later than a command the runner may hear of what was sent to both. */
export const newsMs = 100;

/** Waits until it is known whether a command that has ended was interrupted: what was sent to all of us may reach the runner last. */
export async function untilAllIsHeard(
  { host, table, state, cancel }: Pick<Session, 'host' | 'table' | 'state' | 'cancel'>,
  { signal }: Pick<Ended, 'signal'>,
  wasCancelled: () => boolean,
): Promise<void> {
  if (host.stdinIsTerminal) await host.untilSignalsAreHeard();
  const mayBeInterrupt = isInterrupt(signal) || (host.stdinIsTerminal && table.terminalHasJustSentIt());
  if (mayBeInterrupt && !wasCancelled() && !cancel.signal.aborted) await host.sleep(newsMs);
  await state.understood;
}

function isInterrupt(signal: NodeJS.Signals | null): boolean {
  return interrupts.some((name) => name === signal);
}
