import { relative } from 'node:path';
import type { TaskEnd } from '../events.ts';
import type { PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';
import { runCommand } from '../shell.ts';
import { readsStdin } from '../text/shell/stdin.ts';
import { commandEnvironment } from './environment.ts';
import { untilAllIsHeard } from './news.ts';
import { cancelled, failed, failedCommand } from './outcome.ts';
import type { Recorder } from './recorder.ts';
import { endsLikeItsCommands, lendTerminal } from './terminal.ts';

export type TaskOptions = {
  readonly session: Session;
  readonly task: PlannedTask;
  readonly onHost: boolean;
  /** What cancels the task from outside. */
  readonly signal: AbortSignal;
};

export type StepOptions = TaskOptions & {
  readonly recorder: Recorder;
  /** A step that runs however the task ended: Ctrl-C is not for it. */
  readonly isLast?: boolean;
};

/** Runs commands one after another, until one fails. */
export async function runSteps(commands: readonly string[], options: StepOptions): Promise<TaskEnd> {
  const { task, signal, recorder } = options;
  for (const command of commands) {
    if (signal.aborted) return cancelled(signal, task.timeoutMs, recorder);
    recorder.onCommand(command);
    const end = await runStep(command, options);
    if (end.state !== 'done') return end;
  }
  return { state: 'done' };
}

async function runStep(
  command: string,
  { session, task, signal, recorder, isLast = false }: StepOptions,
): Promise<TaskEnd> {
  const { host, table, root } = session;
  const inContainer =
    task.place.kind === 'container'
      ? await (await import('./container.ts')).containerCommand(session, task, task.place.image, command)
      : undefined;
  if (inContainer?.state === 'unavailable') return failed(inContainer.failure, recorder);
  const hasTerminal = task.interactive && host.stdinIsTerminal;
  const trap = isLast ? deafToCtrlC : hasTerminal ? endsLikeItsCommands : '';
  const words = inContainer === undefined ? ['/bin/sh', '-c', `${trap}${command}`] : inContainer.command;
  // An engine passes Ctrl-C on to the container, even where it was told to ignore it. In a session of its own it hears none, but
  // there `sudo` would ask for the password again.
  const leadsGroup = isLast && inContainer !== undefined && words[0] !== 'sudo' ? true : undefined;
  if (hasTerminal) await session.events.isShown();
  const run = () =>
    runCommand(table, words, {
      ...recorder,
      cwd: task.place.kind === 'container' ? root : task.cwd,
      env: commandEnvironment(session, task),
      signal,
      hasTerminal: task.interactive && host.stdoutIsTerminal,
      readsStdin: task.interactive,
      cleanup: inContainer?.cleanup,
      leadsGroup,
    });
  const running = run();
  // Looked at while it runs.
  const lacksStdin = !task.interactive && !isLast && readsStdin(command);
  if (hasTerminal) await lendTerminal(session, running);
  const first = await running;
  // Ctrl-C has killed its shell before that was deaf to it, and so before it had begun.
  const hasNotBegun = isLast && inContainer === undefined && first.signal === 'SIGINT' && !signal.aborted;
  const ended = hasNotBegun ? await run() : first;
  await untilAllIsHeard(session, ended, () => signal.aborted);
  if (inContainer !== undefined && signal.aborted) await inContainer.remove();
  // Its exit code says nothing then: what it has done may be half of it.
  if (signal.aborted && (ended.code !== 0 || ended.wasAsked())) {
    await table.untilCleared();
    return cancelled(signal, task.timeoutMs, recorder);
  }
  if (ended.code === 0) {
    if (lacksStdin)
      session.emit({ type: 'notice-given', text: `\`${task.name}\` reads its stdin, which is empty: ${givesStdin}` });
    return { state: 'done' };
  }
  const folder = inContainer === undefined ? relative(root, task.cwd) : undefined;
  return failedCommand(
    { command, ended, folder, ...(lacksStdin ? { remedy: `its stdin is empty: ${givesStdin}` } : {}) },
    recorder,
  );
}

const givesStdin = "`interactive: true` gives it the caller's";

/** On a terminal, Ctrl-C reaches all that runs there; what the shell ignores, its commands ignore too. */
const deafToCtrlC = "trap '' INT\n";
