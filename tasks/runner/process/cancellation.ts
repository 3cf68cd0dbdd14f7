/** Why a task is cancelled, carried as the reason of an AbortSignal. */
export type Cancellation = {
  readonly because: 'interrupted' | 'timed-out' | 'another-failed' | 'no-longer-needed' | 'outdated';
  readonly signal: NodeJS.Signals;
  /** The terminal has already sent the signal to everything in its foreground. */
  readonly isDelivered: boolean;
  /** When it has done so, or may have. What was started later lacks the signal. */
  readonly deliveredMs?: number;
  /** How long a process may clean up before it is killed. */
  readonly graceMs: number;
};

/** Asks all that runs to end, and gives it time to clean up. */
export function askToEnd(because: Cancellation['because'], graceMs = 5_000): Cancellation {
  return { because, signal: 'SIGTERM', isDelivered: false, graceMs };
}

/** Why something was cancelled. */
export function cancellationOf({ reason }: AbortSignal): Cancellation {
  return reason as Cancellation;
}
