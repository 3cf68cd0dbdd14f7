import type { TaskEnd } from '../events.ts';
import { containerCommand } from '../execute/container.ts';
import { environmentOf } from '../execute/environment.ts';
import { failed } from '../execute/outcome.ts';
import type { Recorder } from '../execute/recorder.ts';
import type { Ended } from '../process/output.ts';
import type { Cancellation } from '../process/table.ts';
import { runCommand } from '../shell.ts';
import type { ServiceOptions } from './service.ts';

export type Started = {
  readonly state: 'started';
  readonly ended: Promise<Ended>;
  readonly stop: () => void;
  readonly wasStopped: () => boolean;
};

/**
 * Starts the command of a service, in a process group of its own on a terminal too: Ctrl-C must not reach it before the
 * tasks that need it have ended.
 */
export async function startCommand(
  { session, task, work }: ServiceOptions,
  recorder: Recorder,
): Promise<Started | TaskEnd> {
  const { root, table, stop } = session;
  const inContainer =
    task.place.kind === 'container' ? await containerCommand(session, task, task.place.image, work.command) : undefined;
  if (inContainer?.state === 'unavailable') return failed(inContainer, recorder);
  const stopping = new AbortController();
  recorder.onCommand(work.command);
  const ended = runCommand(table, inContainer?.command ?? ['/bin/sh', '-c', work.command], {
    ...recorder,
    cwd: inContainer === undefined ? task.cwd : root,
    env: environmentOf(session, task),
    signal: AbortSignal.any([stopping.signal, stop.signal]),
    hasTerminal: false,
    readsStdin: false,
    leadsGroup: true,
    ...(inContainer === undefined ? {} : { cleanup: inContainer.cleanup }),
  });
  return {
    state: 'started',
    ended: ended.finally(async () => {
      recorder.end();
      await inContainer?.remove();
    }),
    stop: () => stopping.abort(noLongerNeeded),
    wasStopped: () => stopping.signal.aborted || stop.signal.aborted,
  };
}

export const noLongerNeeded: Cancellation = {
  because: 'no-longer-needed',
  signal: 'SIGTERM',
  isDelivered: false,
  graceMs: 10_000,
};
