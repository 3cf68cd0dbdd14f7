import { constants as fileFlags, fstatSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type Host, type Interrupt, interrupts, isErrno, type Uncaught } from '../host.ts';
import { hasPending } from '../process/list.ts';
import { askWho, endAtOnce, failLate } from './ending.ts';
import { afterSignals } from './foreground.ts';

/** Sends a signal, and says whether it was sent, or why not. */
export function kill(pid: number, signal: NodeJS.Signals): 'sent' | 'gone' | 'refused' {
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    return isErrno(error, 'EPERM') ? 'refused' : 'gone';
  }
}

/**
 * Settles when each interrupt has been heard that was sent to us before. Which of our threads gets a signal is for the system to
 * say, so that on a busy machine one may come behind the end of what died of the same.
 */
export async function untilSignalsAreHeard(): Promise<void> {
  for (;;) {
    const isPending = hasPending(process.pid, interrupts);
    await new Promise<void>(afterSignals);
    if (!isPending) return;
    await sleepFor(1);
  }
}

/** Calls back on interrupts until disposed, but not on a HUP that `nohup` wants to be ignored. */
export function onInterrupt(listener: (signal: Interrupt) => void): Disposable {
  const hear = (signal: Interrupt): void => {
    if (signal !== 'SIGHUP' || !isUnderNohup()) listener(signal);
  };
  for (const signal of interrupts) process.on(signal, hear);
  return {
    [Symbol.dispose]: () => {
      for (const signal of interrupts) process.off(signal, hear);
    },
  };
}

/**
 * Node ends the ignoring of HUP before it runs a line of ours. What stays is the stdin that GNU's `nohup` gives in place of a
 * terminal, and nobody else: a null device that can only be written.
 */
function isUnderNohup(): boolean {
  try {
    const { rdev } = fstatSync(0);
    if (rdev === 0 || rdev !== statSync('/dev/null').rdev) return false;
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'latin1'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & 3) === fileFlags.O_WRONLY;
  } catch {
    return false;
  }
}

type Hearing = { readonly listener: (thrown: unknown) => Uncaught; readonly who: () => string | undefined };

/**
 * Calls back with what is thrown or rejected where nobody catches it, and does what comes of it. Where a project's own code
 * listens too, that is for it to do.
 */
export function onUncaught({ listener, who }: Hearing, writeError: Host['writeError']): void {
  askWho(who);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (thrown: unknown) => {
      if (process.listenerCount(event) > 1) return;
      const outcome = listener(thrown);
      if (outcome === 'heard') return;
      if (outcome !== 'not-ours') {
        writeError(`error: ${outcome.text}\n`);
        failLate();
        return;
      }
      // Thrown once more from here, Node would show it with a line of ours that is the whole bundle.
      writeError(`error: thrown outside of any script, and caught by nothing:\n${inspect(thrown)}\n`);
      endAtOnce();
    });
}
