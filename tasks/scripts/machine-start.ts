/** On macOS: brings the Podman machine from whatever state to "podman answers, rootful, enough memory". */
import { type Context, type Outcome, type Ran, skip, TaskFailure } from 'zx-tasks';
import { folderOf } from '../lib/mac.ts';
import { type Machine, MIB_LEAST, MIB_RECOMMENDED, otherConnection } from '../lib/machine.ts';
import { askPodman, graceMs, readyWithinMs, untilAnswers } from '../lib/machine-answers.ts';
import { dockerServes, findMachine, forgetBroken, lastLineOf, must, show } from '../lib/machine-commands.ts';
import { RECORD_IS_BROKEN, START_ANEW } from '../lib/machine-record.ts';

const CPUS = 4;

export async function run(context: Context): Promise<Outcome> {
  if (context.platform.os !== 'darwin')
    return skip('containers run in this machine’s own kernel; no virtual machine is needed');
  const podman = await askVersion(context, 'podman');
  if (podman.problem === 'not-found') return withoutPodman(context);
  if (podman.code !== 0) throw notReady(`\`podman --version\` failed: ${lastLineOf(podman)}`, 'npx tasks doctor --fix');
  if (context.params['forget-broken'] === true) await forgetBroken(context);
  const found = (await knownMachine(context)) ?? (await create(context));
  await requireOwnConnection(context, found.name);
  const machine = found.state === 'starting' ? await awaitBoot(context, found) : found;
  if (await serves(context, machine)) return skip(describe(machine));
  await configure(context, machine);
  await start(context, machine.name);
  return undefined;
}

async function withoutPodman(context: Context): Promise<Outcome> {
  if (await dockerServes(context)) return skip('Podman is not installed; Docker is used instead');
  const folder = await folderOf('podman', async (path) => (await askVersion(context, path)).problem !== 'not-found');
  if (folder !== undefined)
    throw notReady(`\`podman\` is in ${folder}, which is not on PATH`, `export PATH="${folder}:$PATH"`);
  throw notReady('Podman is not installed, and no Docker answers', 'brew install podman podman-compose');
}

async function askVersion(context: Context, podman: string): Promise<Ran> {
  return await context.run([podman, '--version'], { timeoutMs: 10_000 });
}

async function knownMachine(context: Context): Promise<Machine | undefined> {
  const found = await findMachine(context);
  if (found.state === 'known') return found.machine;
  if (found.isRecordBroken) throw notReady(`${found.why}: ${RECORD_IS_BROKEN}`, START_ANEW);
  throw notReady(
    `${found.why}, and nothing that an earlier start left behind is the reason`,
    'podman --log-level=debug machine list  # shows what it waits for; a restart of the computer ends that',
  );
}

async function create(context: Context): Promise<Machine> {
  const size = ['--cpus', String(CPUS), '--memory', String(MIB_RECOMMENDED)];
  await must(context, ['podman', 'machine', 'init', '--rootful', ...size], 'create the machine');
  const machine = await knownMachine(context);
  if (machine !== undefined) return machine;
  throw notReady('`podman machine init` succeeded, but no machine is listed', 'podman machine list');
}

/** A machine that somebody made beside a connection of theirs is not talked to; which one is to be the default they say themselves. */
async function requireOwnConnection(context: Context, name: string): Promise<void> {
  const isChosen = [context.env.CONTAINER_HOST, context.env.CONTAINER_CONNECTION].some((value) => (value ?? '') !== '');
  const other = isChosen ? undefined : await otherConnection(context.run, name);
  if (other !== undefined)
    throw notReady(
      `Podman talks to its connection \`${other}\`, not to the machine \`${name}\``,
      `podman system connection default ${name}-root`,
    );
}

/** Somebody is starting it. If that does not come to an end, the start was cut off. */
async function awaitBoot(context: Context, machine: Machine): Promise<Machine> {
  context.log(`\`${machine.name}\` is starting; waiting until it answers`);
  const answers = await untilAnswers(context, readyWithinMs(context));
  const now = await knownMachine(context);
  return now ?? { ...machine, state: answers ? 'running' : 'stuck' };
}

/** Whether it can be used as it is. Little memory alone is no reason to stop the containers of a machine that runs. */
async function serves(context: Context, machine: Machine): Promise<boolean> {
  const isFit = machine.state === 'running' && machine.rootful && machine.memoryMib >= MIB_LEAST;
  return isFit && (await untilAnswers(context, graceMs(context))) && (await askPodman(context)) === 'rootful';
}

function describe({ name, memoryMib }: Machine): string {
  const little = memoryMib < MIB_RECOMMENDED ? `; it has ${memoryMib} MiB, ${MIB_RECOMMENDED} are recommended` : '';
  return `\`${name}\` is running, rootful, and answers${little}`;
}

/** Settings can be changed only while the machine is stopped. */
async function configure(context: Context, machine: Machine): Promise<void> {
  await halt(context, machine);
  const { name, rootful, memoryMib } = machine;
  const settings = [
    ...(rootful ? [] : ['--rootful']),
    ...(memoryMib < MIB_RECOMMENDED ? ['--memory', String(MIB_RECOMMENDED)] : []),
  ];
  if (settings.length === 0) return;
  await must(
    context,
    ['podman', 'machine', 'set', ...settings, name],
    'change the machine, so that eBPF can be loaded',
  );
}

/** A start that was cut off is ended by stopping, too. */
async function halt(context: Context, { name, state }: Machine): Promise<void> {
  if (state !== 'stopped') await must(context, ['podman', 'machine', 'stop', name], 'stop the machine');
  if (state === 'stuck' || state === 'starting') await forgetCutOffStart(context);
}

/** Podman before 5 goes on thinking that the machine starts, also once it is stopped, and then refuses to start it. */
async function forgetCutOffStart(context: Context): Promise<void> {
  const machine = await knownMachine(context);
  if (machine?.state !== 'stuck' || machine.stateFile === undefined) return;
  const forget = ['sed', '-i.bak', 's/"Starting": *true/"Starting": false/', machine.stateFile];
  await must(context, forget, 'make Podman forget the interrupted start');
}

/** Tried twice; what a failed start leaves behind is ended, so that podman answers the next who asks. */
async function start(context: Context, name: string): Promise<void> {
  if ((await tryStart(context, name)) === undefined) return confirmRootful(context, name);
  context.log(`\`${name}\` does not answer; trying once more`);
  const left = await knownMachine(context);
  if (left !== undefined) await halt(context, left);
  const failed = await tryStart(context, name);
  if (failed === undefined) return confirmRootful(context, name);
  await findMachine(context);
  const reason =
    failed.code === 0
      ? `\`podman machine start\` succeeded, but Podman did not answer within ${readyWithinMs(context) / 1000} s`
      : lastLineOf(failed);
  throw notReady(
    `\`${name}\` did not start: ${reason}`,
    `podman machine stop ${name}; podman --log-level=debug machine start ${name}`,
  );
}

/** Undefined if podman answers then: `already running` is a failure to podman, and a success may be none. */
async function tryStart(context: Context, name: string): Promise<Ran | undefined> {
  const within = readyWithinMs(context);
  const ran = await show(context, ['podman', 'machine', 'start', name], within);
  return (await untilAnswers(context, ran.code === 0 ? within : graceMs(context))) ? undefined : ran;
}

async function confirmRootful(context: Context, name: string): Promise<void> {
  if ((await askPodman(context)) !== 'rootful')
    throw notReady(
      `\`${name}\` answers, but Podman uses its rootless connection`,
      `podman system connection default ${name}-root`,
    );
  context.log(`\`${name}\` answers`);
}

function notReady(message: string, remedy: string): TaskFailure {
  return new TaskFailure(message, { remedy, exitCode: 4 });
}
