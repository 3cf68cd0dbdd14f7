/** Commands to podman about its machine, each shown before it runs. None gets a terminal, so podman asks no questions. */
import { basename } from 'node:path';
import { type Context, type Ran, TaskFailure } from 'zx-tasks';
import { type Found, readMachine } from './machine.ts';
import { askPodman } from './machine-answers.ts';
import { FIND_BROKEN } from './machine-record.ts';
import { lastLine } from './ran.ts';

const SLOW_MS = 600_000;
/** An image of a gigabyte, through whatever network there is. */
const DOWNLOAD_MS = 3_600_000;
const SAY_EVERY_MS = 10_000;
const ENDS_WITHIN_MS = 1_000;

/**
 * What podman says of its machine. After a start that was refused, podman 4 asks the network helper which that start left
 * behind, and waits for its answer for ever. The helper is ended then, unless podman serves: podman 4 runs one machine at a
 * time, so that nobody is served by it.
 */
export async function findMachine(context: Context): Promise<Found> {
  const found = await readMachine(context.run);
  if (found.state === 'known' || found.isRecordBroken || (await askPodman(context)) !== 'silent') return found;
  context.log(`${found.why}; ending what an earlier start may have left behind`);
  await show(context, ['pkill', '-x', 'gvproxy']);
  await context.sleep(ENDS_WITHIN_MS);
  return await readMachine(context.run);
}

/** Sets aside the records that podman cannot read, with their keys, and forgets the connections of their machines. */
export async function forgetBroken(context: Context): Promise<void> {
  const { stdout } = await context.run(['sh', '-c', FIND_BROKEN]);
  const files = stdout.split('\n').filter((line) => line !== '');
  if (files.length === 0) context.log('every record of a machine is complete; nothing was moved away');
  for (const file of files) await show(context, ['mv', file, `${file}.broken`]);
  for (const name of files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json'))) {
    for (const connection of [name, `${name}-root`])
      await show(context, ['podman', 'system', 'connection', 'rm', connection]);
  }
}

/** Whether a Docker daemon answers; `docker info` ends with 0 without one, so the version is what counts. */
export async function dockerServes(context: Context): Promise<boolean> {
  const ran = await context.run(['docker', 'info', '--format', '{{.ServerVersion}}'], { timeoutMs: 10_000 });
  return ran.code === 0 && /\d/.test(ran.stdout);
}

/** How long a command may take, unless its caller knows better. */
function limitOf([, , verb]: readonly string[]): number {
  return verb === 'init' ? DOWNLOAD_MS : SLOW_MS;
}

/** Shows and runs a command, says from time to time that it still runs, and shows what a failed one printed. */
export async function show(context: Context, command: readonly string[], within = limitOf(command)): Promise<Ran> {
  context.log(command.join(' '));
  const startedMs = context.now();
  const ticking = setInterval(() => {
    context.log(`  still running after ${Math.round((context.now() - startedMs) / 1000)} s`);
  }, SAY_EVERY_MS);
  try {
    const ran = await context.run(command, { timeoutMs: within });
    if (ran.code !== 0) for (const line of linesOf(ran)) context.log(`  ${line}`);
    return ran;
  } finally {
    clearInterval(ticking);
  }
}

/** The same for a command that must succeed; the failure repeats podman's last line, and has it say more. */
export async function must(context: Context, command: readonly string[], purpose: string): Promise<void> {
  const ran = await show(context, command);
  if (ran.code === 0) return;
  throw new TaskFailure(`cannot ${purpose}: ${lastLineOf(ran)}`, { remedy: talkative(command).join(' '), exitCode: 4 });
}

export function lastLineOf(ran: Ran): string {
  return ran.problem === 'timed-out' ? 'it did not end in time' : lastLine(ran);
}

function talkative([program = '', ...words]: readonly string[]): readonly string[] {
  return program === 'podman' ? [program, '--log-level=debug', ...words] : [program, ...words];
}

function linesOf(ran: Ran): readonly string[] {
  return `${ran.stdout}\n${ran.stderr}`.split('\n').filter((line) => line.trim() !== '');
}
