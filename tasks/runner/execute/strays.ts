import { exitCodes } from '../errors.ts';
import { type Owner, runAs } from '../foreign-code/owner.ts';
import type { RunningScript, Uncaught } from '../host.ts';
import { askToEnd } from '../process/cancellation.ts';
import { TaskFailure } from '../script.ts';
import type { Session } from '../session.ts';

/** What one script throws where nothing catches it: in a callback, or by a promise that it does not await. */
export type Strays = {
  /** Does the script's work, and hears of what it throws then and later. */
  readonly during: <Result>(work: () => Result) => Result;
  /** Does what the script has left to be done after its end. */
  readonly afterwards: <Result>(work: () => Result) => Result;
  /** Aborted where the script waits for what can never come. */
  readonly givenUp: AbortSignal;
  /** Aborted by the first: the script is to end. */
  readonly signal: AbortSignal;
  readonly first: () => { readonly thrown: unknown } | undefined;
  /** The script has failed: ends the commands that it did not wait for, as beside one in `Promise.all` that failed. */
  readonly endOthers: () => void;
  /** The script has ended: what comes now can only make the run fail. */
  readonly close: () => void;
};

type Options = {
  readonly session: Pick<Session, 'host' | 'state' | 'events' | 'emit'>;
  readonly task: string;
  /** Says what was thrown, in a line. */
  readonly describe: (thrown: unknown) => string;
  readonly onPrint: Owner['onPrint'];
  /** Gives what has been printed without a newline. */
  readonly endOutput: () => void;
};

/** Makes them for one script of a run. */
export function makeStrays({ session, task, describe, onPrint, endOutput }: Options): Strays {
  const { host, state, events, emit } = session;
  const ending = new AbortController();
  const givenUp = new AbortController();
  let first: { readonly thrown: unknown } | undefined;
  let isOver = false;
  const onStray = (thrown: unknown): Uncaught => {
    if (isOver)
      return tellLate(
        `the script of \`${task}\` has ended, but something that it did not await failed: ${describe(thrown)}`,
      );
    first ??= { thrown };
    endOthers();
    return 'heard';
  };
  const endOthers = (): void => ending.abort(askToEnd('another-failed'));
  const tellLate = (text: string): Uncaught => {
    if (events.isClosed()) return { text };
    emit({ type: 'notice-given', text });
    state.late ??= { exit: exitCodes.task, reason: 'task' };
    return 'heard';
  };
  const owner: Owner = { name: `the script of task \`${task}\``, onStray, onPrint };
  const running: RunningScript = {
    giveUp: () => {
      first ??= { thrown: new TaskFailure(endless, { remedy: unresolved }) };
      givenUp.abort();
    },
    endOutput,
  };
  return {
    during: (work) => {
      host.foreignCode.scripts.add(running);
      return runAs(host, owner, work);
    },
    afterwards: (work) => runAs(host, owner, work),
    signal: ending.signal,
    givenUp: givenUp.signal,
    first: () => first,
    endOthers,
    close: () => {
      isOver = true;
      host.foreignCode.scripts.delete(running);
    },
  };
}

const endless = 'the script waits for something that can never happen';
const unresolved = 'look for an `await` of a promise that is never resolved';
