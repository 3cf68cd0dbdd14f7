import { exitCodes } from '../errors.ts';
import type { ForeignCode } from '../host.ts';
import { cursor } from '../paint.ts';
import { writeLastOnes } from './last-writes.ts';
import { isTerminal, writeLast } from './streams.ts';

/** The least that a process ends with, however its run ended. */
let leastExit: number = exitCodes.ok;

/** What this process has to do with a project's own code. */
export const foreignCode: ForeignCode = {
  isLoaded: false,
  scripts: new Set(),
  held: new Set(),
  showRest: () => undefined,
};

let who: () => string | undefined = () => undefined;
let tellEnd: (exit: number) => void = () => undefined;

/** Tells whose code it is that ends the program. */
export function askWho(name: () => string | undefined): void {
  who = name;
}

/** Says so where this process ends before all is done; `tell` is what else is to be said then. */
export function watchForEarlyEnd(tell: (exit: number) => void): void {
  tellEnd = tell;
  process.on('beforeExit', onStandstill).once('exit', onEarlyExit).on('uncaughtExceptionMonitor', onThrow);
  process.once('exit', showHeld);
}

/** From now on it may end, since all is done or because what ended it was told. */
function expectEnd(): void {
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
  showAll();
  tellEnd(exitCodes.task);
  process.exit(exitCodes.task);
}

/** Something failed when the run had already told how it ended: that it is no success is all that can still be said. */
export function failLate(): void {
  leastExit = exitCodes.task;
  process.exitCode ||= leastExit;
}

/** Node ends without a word, and with 0, where all that is waited for can never come. A script that waits for it has failed. */
function onStandstill(): void {
  const scripts = [...foreignCode.scripts];
  foreignCode.scripts.clear();
  if (scripts.length > 0) {
    for (const script of scripts) script.giveUp();
    return;
  }
  expectEnd();
  foreignCode.showRest();
  showHeld();
  writeLast(
    'stderr',
    'error: a script or check of this project waits for something that can never happen\n' +
      'hint: look for an `await` of a promise that is never resolved\n',
  );
  process.exitCode = exitCodes.task;
  tellEnd(exitCodes.task);
}

/** Nobody but a project's own code calls `process.exit` before all is done. */
function onEarlyExit(code: number): void {
  showAll();
  writeLast(
    'stderr',
    `error: ${who() ?? 'a script or check of this project'} ended the whole program with \`process.exit\`, so neither \`finally\` nor anything else runs any more\n` +
      "hint: let a script's `run` return, or throw a `TaskFailure` with an `exitCode`; let a check's `run` return its outcome\n",
  );
  process.exitCode = code || exitCodes.task;
  tellEnd(code || exitCodes.task);
}

/** Shows what was printed and not yet shown. From here on all is written at once. */
export function showAll(): void {
  writeLastOnes();
  for (const script of foreignCode.scripts) script.endOutput();
  foreignCode.showRest();
  showHeld();
  // A live list has taken it.
  if (isTerminal(1)) writeLast('stdout', cursor.show);
}

/** What code has printed after its end, or before that is known, and without a newline. */
function showHeld(): void {
  if (foreignCode.held.size > 0) writeLastOnes();
  for (const give of foreignCode.held) give();
}

/** Node hears of what is thrown here first. Where nobody else listens, it tells that and ends. */
function onThrow(): void {
  if (process.listenerCount('uncaughtException') > 0) return;
  expectEnd();
  showAll();
}
