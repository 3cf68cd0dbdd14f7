import type { PlannedTask } from '../plan.ts';
import type { Standing } from '../service/standing.ts';
import type { Holdings } from './claims.ts';

/** A run within a watch: services go on from one to the next, and not all that is planned must run again. */
export type Round = {
  readonly standing: Standing;
  readonly held: Holdings;
  /** The tasks of all runs of the watch. */
  readonly planned: readonly PlannedTask[];
  /** Called when a task's turn has come: why it need not run; undefined when it must, and what it reads is looked at. */
  readonly whyLeftOut: (task: PlannedTask, someNeedRan: boolean) => Promise<string | undefined>;
  /** Starts a service. `outdated` is aborted where what it is made of changes before it is ready. */
  readonly whileStarting: <Result>(
    service: string,
    start: (outdated: AbortSignal) => Promise<Result>,
  ) => Promise<Result>;
  /** The tasks of a run begin: takes in which of them are still to come or run. */
  readonly begin: (isToCome: (task: PlannedTask) => boolean) => void;
  /** Whether another service that is up, or a task of the run that goes on, needs a service: its own run may be long over. */
  readonly isNeeded: (service: string) => boolean;
};
