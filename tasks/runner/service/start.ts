import { commandEnvironment } from '../execute/environment.ts';
import type { Recorder } from '../execute/recorder.ts';
import { noLongerNeeded } from '../execute/up.ts';
import type { Ended } from '../process/output.ts';
import { runCommand } from '../shell.ts';
import type { ServiceOptions } from './service.ts';

export type Started = {
  readonly ended: Promise<Ended>;
  readonly stop: () => void;
  readonly wasStopped: () => boolean;
};

/**
 * Starts the command of a service, in a process group of its own on a terminal too: Ctrl-C must not reach it before the
 * tasks that need it have ended.
 */
export function startCommand({ session, task, work }: ServiceOptions, recorder: Recorder): Started {
  const { table, stop } = session;
  const stopping = new AbortController();
  recorder.onCommand(work.command);
  const command = runCommand(table, ['/bin/sh', '-c', work.command], {
    ...recorder,
    cwd: task.cwd,
    env: commandEnvironment(session, task),
    signal: AbortSignal.any([stopping.signal, stop.signal]),
    hasTerminal: false,
    readsStdin: false,
    leadsGroup: true,
  });
  const wasStopped = (): boolean => stopping.signal.aborted || stop.signal.aborted;
  const untilAllEnded = async (): Promise<Ended> => {
    const ended = await command;
    if (wasStopped()) await table.untilCleared();
    return ended;
  };
  return {
    ended: untilAllEnded().finally(() => recorder.end()),
    stop: () => stopping.abort(noLongerNeeded),
    wasStopped,
  };
}
