import { exitCodes, listed } from '../errors.ts';
import { writeLast } from './streams.ts';

/** The least that a process ends with, however its run ended. */
let leastExit: number = exitCodes.ok;

/** The tasks whose scripts run. */
export const runningScripts = new Set<string>();

let who: () => string | undefined = () => undefined;

/** Tells whose code it is that ends the program. */
export function askWho(name: () => string | undefined): void {
  who = name;
}

let tellEnd: (exit: number) => void = () => undefined;

/** Says so where this process ends before all is done; `tell` what else is to be told then, with the exit code. */
export function watchForEarlyEnd(tell = tellEnd): void {
  tellEnd = tell;
  process.once('beforeExit', onStandstill).once('exit', onEarlyExit).on('uncaughtExceptionMonitor', onThrow);
}

/** From now on it may end, since all is done or because what ended it was told. */
export function expectEnd(): void {
  process.off('beforeExit', onStandstill).off('exit', onEarlyExit).off('uncaughtExceptionMonitor', onThrow);
}

/** Leaves a run's exit code behind. */
export function leaveExit(exit: number): void {
  expectEnd();
  process.exitCode = exit || leastExit;
}

/** Ends now, since something that nobody caught leaves no other way. */
export function endAtOnce(): never {
  expectEnd();
  tellEnd(exitCodes.task);
  process.exit(exitCodes.task);
}

/** Something failed when the run had already told how it ended: that it is no success is all that can still be said. */
export function failLate(): void {
  leastExit = exitCodes.task;
  process.exitCode ||= leastExit;
}

/** Node ends without a word, and with 0, where all that is waited for can never come. */
function onStandstill(): void {
  expectEnd();
  writeLast(
    'stderr',
    `error: ${waiting()} for what nothing can settle any more\n` +
      'hint: look there for an `await` of what is never resolved\n',
  );
  process.exitCode = exitCodes.task;
  tellEnd(exitCodes.task);
}

/** Where nothing can go on, that is true of every script that has not ended. */
function waiting(): string {
  const names = listed(runningScripts);
  return runningScripts.size > 1
    ? `the scripts of tasks ${names} wait`
    : `the script of ${names === '' ? 'a task' : `task ${names}`} waits`;
}

/** Nobody but a project's own code calls `process.exit` before all is done. */
function onEarlyExit(code: number): void {
  writeLast(
    'stderr',
    `error: ${who() ?? 'a script or check of this project'} has ended the whole program with \`process.exit\`\n` +
      "hint: let a script's `run` return, or throw a `TaskFailure` with an `exitCode`; let a check's `run` return its outcome\n",
  );
  process.exitCode = code || exitCodes.task;
  tellEnd(code || exitCodes.task);
}

/** Node hears of what is thrown here first. Where nobody else listens, it tells that and ends. */
function onThrow(): void {
  if (process.listenerCount('uncaughtException') === 0) expectEnd();
}
