import { inspect } from 'node:util';
import { exitCodes } from '../errors.ts';
import type { Host, Interrupt, Uncaught } from '../host.ts';
import { askWho, expectEnd, failLate } from './ending.ts';

/** Sends a signal, and says whether it was sent, or why not. */
export function kill(pid: number, signal: NodeJS.Signals): 'sent' | 'gone' | 'refused' {
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    const isOfAnother = error instanceof Error && 'code' in error && error.code === 'EPERM';
    return isOfAnother ? 'refused' : 'gone';
  }
}

/** Calls back on INT, TERM and HUP until disposed. */
export function onInterrupt(listener: (signal: Interrupt) => void): Disposable {
  const signals: readonly Interrupt[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
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
      writeError(`error: thrown by what belongs to no script, where nobody catches it:\n${inspect(thrown)}\n`);
      expectEnd();
      process.exit(exitCodes.task);
    });
}
