import type { ChildProcess } from 'node:child_process';
import type { Ended } from '../process/output.ts';
import type { Session } from '../session.ts';
import { untilAllIsHeard } from './news.ts';
import { lendTerminal, mayBeInterrupt } from './terminal.ts';

type End = Pick<Ended, 'code' | 'signal'>;

/** The terminal of an interactive script, which its commands have one after another; what a script leaves behind keeps nothing of it. */
export type ScriptTerminal = {
  /** Told of each command. What it gives is called at its end, and settles when it is known for whom a Ctrl-C was. */
  readonly onStart: (child: ChildProcess) => (end: End) => Promise<unknown>;
  /** Settles when that is known of all commands that have ended. */
  readonly isUnderstood: () => Promise<void>;
  /** The script has ended. */
  readonly close: () => void;
};

/** Makes it for one script. */
export function makeScriptTerminal(session: Session, isLent: boolean, wasCancelled: () => boolean): ScriptTerminal {
  const loans: Promise<void>[] = [];
  const over = new AbortController();
  return {
    onStart: (child) => {
      const loan = isLent ? lendTerminal(session, endOf(child, over.signal)) : undefined;
      child.once('exit', () => {
        if (loan !== undefined) loans.push(loan);
      });
      return (end) =>
        Promise.all([mayBeInterrupt(end) ? loan : undefined, untilAllIsHeard(session, end, wasCancelled)]);
    },
    isUnderstood: async () => {
      await Promise.all(loans);
      await session.state.understood;
    },
    close: () => over.abort(),
  };
}

function endOf(child: ChildProcess, over: AbortSignal): Promise<End> {
  return new Promise((resolve) => {
    over.addEventListener('abort', () => resolve({ code: null, signal: null }), { once: true });
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}
