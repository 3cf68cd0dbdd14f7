import type { Cancellation } from './process/table.ts';
import type { Session } from './session.ts';

/** How long tasks may clean up after the first Ctrl-C. */
const graceMs = 10_000;

/** Ctrl-C once asks: all that runs gets the signal and may clean up. Twice: all that runs is killed. */
export function handleInterrupts(
  session: Pick<Session, 'host' | 'state' | 'cancel' | 'stop' | 'table' | 'emit'>,
): Disposable {
  const { host, state, cancel, stop, table, emit } = session;
  return host.onInterrupt((signal) => {
    const isForTheTask = signal === 'SIGINT' && state.terminalIsLent;
    if (isForTheTask) return;
    const isTheFirst = state.interruptedBy === undefined;
    emit({ type: 'interrupted', signal, isTheFirst });
    if (isTheFirst) {
      state.interruptedBy = signal;
      const isDelivered = signal === 'SIGINT' && host.stdinIsTerminal;
      cancel.abort({ because: 'interrupted', signal, isDelivered, graceMs } satisfies Cancellation);
    } else {
      stop.abort({ because: 'interrupted', signal: 'SIGKILL', isDelivered: false, graceMs: 0 } satisfies Cancellation);
      table.killAll();
    }
  });
}
