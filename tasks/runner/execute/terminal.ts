import type { Ended } from '../process/output.ts';
import type { Session, TerminalLoan } from '../session.ts';
import { newsMs } from './news.ts';

/**
 * Leaves the terminal to a command until it has ended: Ctrl-C is for it, and it may go on. One that Ctrl-C has ended
 * interrupts the run, as it would a shell.
 */
export async function lendTerminal(
  { state, host }: Pick<Session, 'state' | 'host'>,
  command: Promise<Pick<Ended, 'code' | 'signal'>>,
): Promise<void> {
  const loan: TerminalLoan = { ctrlCMs: undefined };
  state.loans.add(loan);
  try {
    const { code, signal } = await command;
    await host.sleep(newsMs);
    await state.understood;
    const isInterrupt = mayBeInterrupt({ code, signal });
    if (loan.ctrlCMs !== undefined && isInterrupt && state.interruptedBy === undefined) state.interrupt(loan.ctrlCMs);
  } finally {
    state.loans.delete(loan);
  }
}

/** Whether a command has ended as one does that Ctrl-C has ended. */
export function mayBeInterrupt({ code, signal }: Pick<Ended, 'code' | 'signal'>): boolean {
  return signal === 'SIGINT' || code === 130;
}

const quit = `trap 'case $? in 130) exit 130 ;; esac' INT`;

/**
 * What makes of a shell one that ends with a command that Ctrl-C has ended, and goes on after one that has dealt with it.
 * bash is so by itself. Others die in either case; with a trap they would go on in either case, and after their own `read`.
 */
export const endsLikeItsCommands = `[ "$BASH_VERSION" ] || {
${quit}
read() { trap - INT; command read "$@" && set -- 0 || set -- $?; ${quit}; return "$1"; }
}
`;
