import { renderProblems } from './diagnostic.ts';
import { exitCodes, messageOf, type Reason, UserError } from './errors.ts';
import { leaveExit, showAll, watchForEarlyEnd } from './host/ending.ts';
import { realHost } from './host/real.ts';
import { closeLost, standardTerminals, writeLast } from './host/streams.ts';
import type { Host, ImportModule } from './host.ts';
import { machineProblem } from './machine-problem.ts';
import { main } from './main.ts';
import { makePaint, wantsColour } from './paint.ts';

/** Runs the program in this process and leaves its exit code behind. */
export async function runCli(importModule: ImportModule): Promise<void> {
  watchForEarlyEnd((exit) => {
    if (wantsJson(process.argv)) writeLast('stdout', lastLine('task', exit));
  });
  const terminals = standardTerminals();
  const { exit, isAllDone } = await run(importModule, terminals);
  leaveExit(exit);
  closeLost(terminals);
  // Left to itself, Node takes down piece by piece what the system takes at once: a twentieth of a short run.
  if (isAllDone) process.exit();
}

/** `isAllDone` says that nothing is left to be written, and that no code but ours was loaded, which may go on. */
type Ended = { readonly exit: number; readonly isAllDone: boolean };

async function run(importModule: ImportModule, terminals: readonly number[]): Promise<Ended> {
  let host: Host | undefined;
  try {
    host = realHost(importModule, terminals);
    const exit = await main(host);
    return { exit, isAllDone: !host.stdoutIsTerminal && !host.foreignCode.isLoaded && host.isAllWritten() };
  } catch (thrown) {
    showAll();
    const error = asUserError(thrown);
    const paint = makePaint(host?.stderrHasColour ?? wantsColour(process.env, process.stderr.isTTY === true));
    const text = error === undefined ? describeBug(thrown) : renderProblems(error.problems, paint);
    writeLast('stderr', host === undefined ? text : host.secrets.mask(text));
    const reason = error?.reason ?? 'bug';
    if (wantsJson(process.argv)) writeLast('stdout', lastLine(reason, exitCodes[reason]));
    // Whatever of the run still stands would keep the process for ever.
    return { exit: exitCodes[reason], isAllDone: true };
  }
}

/** What the machine refuses is no bug, wherever it comes up. */
function asUserError(thrown: unknown): UserError | undefined {
  if (thrown instanceof UserError) return thrown;
  const problem = machineProblem(thrown);
  return problem === undefined ? undefined : new UserError('machine', [problem]);
}

function describeBug(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  return `error: a bug in tasks, please report it with this:\n${stack}\n`;
}

/** The flag is looked for by itself, since the command line may be what is wrong. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some((word, index) => word === '--output=json' || (word === '--output' && argv[index + 1] === 'json'));
}

function lastLine(reason: Exclude<Reason, 'interrupted'>, exit: number): string {
  return `${JSON.stringify({ type: 'run-finished', exit, reason })}\n`;
}
