import type { Interrupt } from './host.ts';
import type { Cancellation } from './process/cancellation.ts';
import type { Session } from './session.ts';

/** How long tasks may clean up after the first Ctrl-C. */
const graceMs = 10_000;

/**
 * So soon after another, a signal is the same once more: `timeout` and service managers send it to us and to our group, and
 * npm passes on what we have got already. Nobody presses Ctrl-C twice so quickly.
 */
const sameMs = 100;

/**
 * Ctrl-C once asks: all that runs gets the signal and may clean up. Twice, or with QUIT: all that runs is killed. While a command
 * has the terminal for itself, Ctrl-C and Ctrl-\ are for that command.
 */
export function handleInterrupts(
  session: Pick<Session, 'host' | 'state' | 'cancel' | 'stop' | 'table' | 'emit'>,
): Disposable {
  const { host, state, cancel, stop, table, emit } = session;
  const interrupt = (signal: Interrupt, delivered: Pick<Cancellation, 'isDelivered' | 'deliveredMs'>): void => {
    const isTheFirst = state.interruptedBy === undefined;
    emit({ type: 'interrupted', signal, isTheFirst });
    if (isTheFirst) {
      state.interruptedBy = signal;
      state.interrupted.abort();
    }
    if (isTheFirst && signal !== 'SIGQUIT') {
      cancel.abort({ because: 'interrupted', signal, ...delivered, graceMs } satisfies Cancellation);
      return;
    }
    const killing: Cancellation = {
      because: 'interrupted',
      ...delivered,
      signal: 'SIGKILL',
      isDelivered: false,
      graceMs: 0,
    };
    cancel.abort(killing);
    stop.abort(killing);
    table.killAll();
  };
  const understand = async (deliveredMs: number): Promise<void> => {
    const isDelivered = await table.terminalSentIt();
    const isForTheTask = isDelivered && state.loans.size > 0;
    if (isForTheTask) for (const loan of state.loans) loan.ctrlCMs = deliveredMs;
    else interrupt('SIGINT', isDelivered ? { isDelivered, deliveredMs } : { isDelivered });
  };
  state.interrupt = (deliveredMs) => interrupt('SIGINT', { isDelivered: true, deliveredMs });
  let heard: { readonly signal: Interrupt; readonly ms: number } | undefined;
  return host.onInterrupt((signal) => {
    const nowMs = host.clockMs();
    const isTheSame = heard?.signal === signal && nowMs - heard.ms < sameMs;
    if (isTheSame) return;
    heard = { signal, ms: nowMs };
    const isForTheTask = signal === 'SIGQUIT' && state.loans.size > 0;
    if (isForTheTask) return;
    const mayBeCtrlC = signal === 'SIGINT' && host.stdinIsTerminal;
    const isTheSecond = state.interruptedBy !== undefined && state.loans.size === 0;
    // What a terminal sends, it sends to all that runs there.
    const mayBeSentToAll = host.stdinIsTerminal && signal !== 'SIGTERM';
    if (!mayBeCtrlC || isTheSecond)
      return interrupt(signal, { isDelivered: false, ...(mayBeSentToAll ? { deliveredMs: nowMs } : {}) });
    const before = state.understood;
    state.understood = understand(nowMs).then(() => before);
  });
}
