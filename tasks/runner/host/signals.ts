import { exitCodes } from '../errors.ts';
import type { Host, Interrupt, Uncaught } from '../host.ts';

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

/** Calls back with what is thrown or rejected where nobody catches it, and does what comes of it. */
export function onUncaught(listener: (thrown: unknown) => Uncaught, writeError: Host['writeError']): void {
  const hear = (thrown: unknown): void => {
    const outcome = listener(thrown);
    if (outcome === 'heard') return;
    if (outcome !== 'not-ours') {
      writeError(`error: ${outcome.text}\n`);
      process.exitCode = exitCodes.task;
      return;
    }
    for (const event of uncaught) process.off(event, hear);
    setImmediate(() => {
      throw thrown;
    });
  };
  for (const event of uncaught) process.on(event, hear);
}

const uncaught = ['uncaughtException', 'unhandledRejection'] as const;
