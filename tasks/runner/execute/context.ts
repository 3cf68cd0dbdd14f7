import { exitCodes } from '../errors.ts';
import { heldByOthers } from '../locks/others.ts';
import { lockFolder } from '../locks/place.ts';
import type { PlannedTask } from '../plan.ts';
import { makeRunner } from '../process/capture.ts';
import { type Context, TaskFailure } from '../script.ts';
import type { Session } from '../session.ts';
import type { ScriptShell } from '../shell/zx.ts';
import { commandEnvironment } from './environment.ts';
import { untilAllIsHeard } from './news.ts';

type Options = {
  readonly session: Session;
  readonly task: PlannedTask;
  readonly shell: Pick<ScriptShell, '$'>;
  /** What cancels the task while it runs. */
  readonly taskSignal: AbortSignal;
  /** What cancels what is started now: another one during an undo. */
  readonly currentSignal: () => AbortSignal;
  readonly onHost: boolean;
  readonly log: (line: string) => void;
  /** Takes back what the script has started, when that has ended. */
  readonly undoing: (undo: () => Promise<void>) => Promise<void>;
};

/** What a script is given. */
export function makeContext({
  session,
  task,
  shell,
  taskSignal,
  currentSignal,
  onHost,
  log,
  undoing,
}: Options): Context {
  const { host, root, table } = session;
  const env = commandEnvironment(session, task);
  const run = makeRunner({
    host: { ...host, env },
    table,
    cwd: task.cwd,
    signal: currentSignal,
    onEnd: (ended, ending) => untilAllIsHeard(session, ended, () => ending.aborted),
  });
  const unlessCancelled = (): void => {
    if (currentSignal().aborted) throw new Error('cancelled');
  };
  return {
    $: shell.$,
    task: task.name,
    params: task.params,
    args: task.args,
    rest: task.rest,
    root,
    platform: host.platform,
    env,
    user: host.user,
    signal: taskSignal,
    isTerminal: host.stdoutIsTerminal,
    onHost,
    engine: async () => {
      const state = await session.engine.ask();
      if (state.state === 'answers') return state.engine;
      throw new TaskFailure(`no container engine: ${state.problem}`, {
        remedy: state.remedy,
        exitCode: exitCodes.machine,
      });
    },
    run: async (command, runOptions) => {
      unlessCancelled();
      const ran = await run(command, runOptions);
      unlessCancelled();
      return ran;
    },
    log: (line) => {
      for (const part of line.split('\n')) log(part);
    },
    sleep: (ms) => host.sleep(ms, currentSignal()),
    now: host.dateMs,
    heldByOthers: () => heldByOthers(lockFolder(root), host.pid),
    undoOnFailure: (undo) => {
      session.undos.push({ task: task.name, undo: () => undoing(undo) });
    },
  };
}
