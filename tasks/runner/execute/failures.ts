import type { Failure } from '../events.ts';
import type { Plan, PlannedTask } from '../plan.ts';
import { askToEnd } from '../process/cancellation.ts';
import type { Session } from '../session.ts';

/** What has failed in a run, and whether it goes on. */
export type Failures = {
  readonly first: () => Failure | undefined;
  readonly add: (task: PlannedTask, failure: Failure) => void;
  /** Why nothing more is started, if that is so. */
  readonly whyOver: () => string | undefined;
};

/** Makes it for one run. */
export function makeFailures({ cancel, state }: Session, { onFailure }: Plan): Failures {
  let first: { readonly task: string; readonly failure: Failure } | undefined;
  return {
    first: () => first?.failure,
    add: ({ name }, failure) => {
      first ??= { task: name, failure };
      if (onFailure === 'fail-fast') cancel.abort(askToEnd('another-failed'));
    },
    whyOver: () => {
      if (state.interruptedBy !== undefined) return 'interrupted';
      const isOver = cancel.signal.aborted || (first !== undefined && onFailure !== 'keep-going');
      return isOver ? `\`${first?.task ?? ''}\` failed` : undefined;
    },
  };
}
