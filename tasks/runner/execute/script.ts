import { relative } from 'node:path';
import { messageOf } from '../errors.ts';
import type { TaskEnd } from '../events.ts';
import { loadModule } from '../foreign-code/load.ts';
import { cancellationOf } from '../process/cancellation.ts';
import type { Outcome, ScriptedTask } from '../script.ts';
import type { Session } from '../session.ts';
import { makeScriptShell, type ScriptShell } from '../shell/zx.ts';
import { makeContext } from './context.ts';
import { commandEnvironment } from './environment.ts';
import { cancelled, exitOf, failed, failedCommand, howItEnded, readTaskFailure, stackOf } from './outcome.ts';
import { makePrints } from './prints.ts';
import type { Recorder } from './recorder.ts';
import { makeScriptTerminal } from './script-terminal.ts';
import type { StepOptions } from './steps.ts';
import { makeStrays } from './strays.ts';

/** Runs a scripted task in this process. */
export async function runScript(
  file: string,
  { session, task, onHost, recorder, ...options }: StepOptions,
): Promise<TaskEnd> {
  const { host, table } = session;
  const prints = makePrints(recorder, session);
  const strays = makeStrays({
    session,
    task: task.name,
    describe: (thrown) => describe(thrown, shell),
    onPrint: task.interactive ? undefined : prints.onPrint,
    endOutput,
  });
  const signal = AbortSignal.any([options.signal, strays.signal]);
  const abandoned = AbortSignal.any([session.stop.signal, strays.givenUp]);
  let isOver = false;
  const currentSignal = () => (isOver ? session.stop.signal : signal);
  const isOnTerminal = task.interactive && host.stdinIsTerminal;
  if (isOnTerminal) await session.events.isShown();
  const terminal = makeScriptTerminal(session, isOnTerminal, () => currentSignal().aborted);
  const shell = await makeScriptShell(host, table, {
    ...recorder,
    onStart: terminal.onStart,
    cwd: task.cwd,
    env: commandEnvironment(session, task),
    signal: currentSignal,
    hasTerminal: task.interactive && host.stdoutIsTerminal,
    readsStdin: task.interactive,
  });
  const context = makeContext({
    session,
    task,
    shell,
    taskSignal: signal,
    currentSignal,
    onHost,
    log: (line) => recorder.onLine('stdout', line),
    undoing: async (undo) => {
      try {
        await strays.afterwards(() => shell.within(undo));
      } finally {
        endOutput();
      }
    },
  });
  const work = (): Promise<TaskEnd> =>
    callScript(file, { session, recorder }, (run) => shell.within(() => run(context)));
  try {
    const end = await untilAbandoned(strays.during(work), signal, abandoned);
    const wasAsked = signal.aborted;
    await terminal.isUnderstood();
    const wasInterrupted = session.state.interruptedBy !== undefined && signal.aborted;
    if (wasAsked || wasInterrupted) throw new Error('cancelled');
    return end;
  } catch (thrown) {
    endOutput();
    await terminal.isUnderstood();
    const end = options.signal.aborted
      ? cancelled(options.signal, task.timeoutMs, recorder)
      : explain(strays.first()?.thrown ?? thrown, shell, recorder);
    strays.endOthers();
    await table.untilCleared();
    return end;
  } finally {
    endOutput();
    isOver = true;
    shell.leave();
    strays.close();
    terminal.close();
  }

  function endOutput(): void {
    shell.end();
    prints.end();
  }
}

/** Calls what a script's file exports. */
async function callScript(
  file: string,
  { session, recorder }: Pick<StepOptions, 'session' | 'recorder'>,
  call: (run: ScriptedTask) => Promise<Outcome>,
): Promise<TaskEnd> {
  if (!session.host.exists(file))
    return failed({ message: `its script \`${relative(session.root, file)}\` does not exist`, exit: 1 }, recorder);
  const run = await loadScript(session, file);
  if (run === undefined) return failed({ message: `\`${file}\` does not export \`run(context)\``, exit: 1 }, recorder);
  const outcome = await call(run);
  return outcome === undefined ? { state: 'done' } : { state: 'skipped', reason: outcome.skipped };
}

async function loadScript({ root, host }: Session, file: string): Promise<ScriptedTask | undefined> {
  const module = await loadModule(host, root, file);
  const run = typeof module === 'object' && module !== null && 'run' in module ? module.run : undefined;
  return typeof run === 'function' ? (run as ScriptedTask) : undefined;
}

/** A script that ignores its cancellation is left behind when its grace is over, or at the second interrupt. */
async function untilAbandoned<Result>(work: Promise<Result>, signal: AbortSignal, stop: AbortSignal): Promise<Result> {
  const settled = new AbortController();
  const abandoned = new Promise<never>((_, reject) => {
    const abandon = (): void => reject(new Error('cancelled'));
    const onAbort = (): void => {
      const timer = setTimeout(abandon, cancellationOf(signal).graceMs);
      settled.signal.addEventListener('abort', () => clearTimeout(timer));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true, signal: settled.signal });
    stop.addEventListener('abort', abandon, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    settled.abort();
  }
}

/** What was thrown, and where it can be mended. */
function describe(thrown: unknown, shell: ScriptShell): string {
  const command = shell.failedCommand(thrown);
  if (command !== undefined) return `\`${command.command}\`, ${howItEnded(command)}`;
  const [message, place = ''] = stackOf(thrown).split('\n');
  return `${message} ${place.trim()}`.trimEnd();
}

/** The stack without what called the script: the runner, what loaded the file, and Node. */
function ownStack(thrown: unknown): readonly string[] {
  const lines = stackOf(thrown).split('\n');
  const isFrame = (line: string): boolean => /^\s+at /.test(line);
  const isOurs = (line: string): boolean => line.includes(import.meta.dirname) || /\/jiti\/|\bnode:/.test(line);
  const own = lines.filter((line) => !isFrame(line) || !isOurs(line));
  return own.some(isFrame) ? own : lines;
}

function explain(thrown: unknown, shell: ScriptShell, recorder: Recorder): TaskEnd {
  const told = readTaskFailure(thrown);
  if (told !== undefined) return failed(told, recorder);
  const command = shell.failedCommand(thrown);
  if (command !== undefined)
    return failedCommand({ command: command.command, ended: { ...command, code: exitOf(command) || 1 } }, recorder);
  for (const line of ownStack(thrown)) recorder.onLine('stderr', line);
  return failed({ message: `the script threw: ${messageOf(thrown).split('\n')[0]}`, exit: 1 }, recorder);
}
