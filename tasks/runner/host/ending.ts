import { exitCodes } from '../errors.ts';
import { writeLast } from './streams.ts';

/** The least that a process ends with, however its run ended. */
let leastExit: number = exitCodes.ok;

/** Says so where this process ends before all is done. */
export function watchForEarlyEnd(): void {
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
    'error: the script of a task, the last one above that has begun, waits for a promise that nothing can settle any more\n' +
      'hint: look there for an `await` of what is never resolved\n',
  );
  process.exitCode = exitCodes.task;
}

/** Nobody but a project's own code calls `process.exit` before all is done. */
function onEarlyExit(code: number): void {
  writeLast(
    'stderr',
    'error: a script or check of this project has ended the whole program with `process.exit`\n' +
      "hint: let a script's `run` return, or throw a `TaskFailure` with an `exitCode`; let a check's `run` return its outcome\n",
  );
  if (code === exitCodes.ok) process.exitCode = exitCodes.task;
}

/** Node hears of what is thrown here first. Where nobody else listens, it tells that and ends. */
function onThrow(): void {
  if (process.listenerCount('uncaughtException') === 0) expectEnd();
}
