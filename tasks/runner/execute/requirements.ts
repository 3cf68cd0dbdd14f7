import { isUnmet } from '../checks/report.ts';
import { exitCodes } from '../errors.ts';
import type { TaskEnd } from '../events.ts';
import type { PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';
import { failed, stopped } from './outcome.ts';
import type { Recorder } from './recorder.ts';

/** Runs the checks that a task requires; undefined when it may start. */
export async function failedRequirements(
  session: Session,
  task: PlannedTask,
  recorder: Recorder,
): Promise<TaskEnd | undefined> {
  if (task.requires.length === 0) return undefined;
  const reports = await session.checks.run(task.requires, session.cancel.signal);
  if (session.cancel.signal.aborted) return stopped(session.cancel.signal);
  const unmet = reports.filter(isUnmet);
  if (unmet.length === 0) return undefined;
  const names = unmet.map((report) => `${report.id} ${report.summary}`).join('; ');
  return failed(
    { message: `this machine is not ready: ${names}`, exit: exitCodes.machine, reason: 'machine', checks: unmet },
    recorder,
  );
}
