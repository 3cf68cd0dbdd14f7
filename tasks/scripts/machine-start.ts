/** On macOS: brings the Podman machine from whatever state to "podman answers, rootful, enough memory". */
import { type Context, type Outcome, skip, TaskFailure } from 'zx-tasks';
import { type Machine, readMachine } from '../lib/machine.ts';
import { dockerServes, podmanAnswers, say } from '../lib/machine-commands.ts';

const MIB = 4096;
const CPUS = 4;
const READY_WITHIN_MS = 180_000;
const ASK_EVERY_MS = 1_000;

export async function run(context: Context): Promise<Outcome> {
  if (context.platform.os !== 'darwin')
    return skip('containers run in this machine’s own kernel; no virtual machine is needed');
  const podman = await context.run(['podman', '--version']);
  if (podman.code !== 0) return withoutPodman(context);
  const found = await readMachine((command) => context.run(command));
  if (found.state === 'unknown') throw new TaskFailure(found.why, { remedy: 'podman machine list' });
  const machine = found.machine ?? (await create(context));
  if (machine.running && machine.rootful && (await podmanAnswers(context)))
    return skip(`\`${machine.name}\` is running, rootful, and answers`);
  if (!machine.rootful) await makeRootful(context, machine);
  await start(context, machine);
  return undefined;
}

async function withoutPodman(context: Context): Promise<Outcome> {
  if (await dockerServes(context)) return skip('Podman is not installed; Docker serves in its place');
  throw new TaskFailure('Podman is not installed, and no Docker answers', {
    remedy: 'brew install podman',
    exitCode: 4,
  });
}

async function create(context: Context): Promise<Machine> {
  await say(
    context,
    ['podman', 'machine', 'init', '--rootful', '--cpus', String(CPUS), '--memory', String(MIB)],
    'create the machine',
  );
  const found = await readMachine((command) => context.run(command));
  if (found.state === 'known' && found.machine !== undefined) return found.machine;
  throw new TaskFailure('`podman machine init` succeeded, but no machine is listed', { remedy: 'podman machine list' });
}

/** Settings can be changed only while the machine is stopped. */
async function makeRootful(context: Context, machine: Machine): Promise<void> {
  if (machine.running || machine.starting)
    await say(context, ['podman', 'machine', 'stop', machine.name], 'stop the machine, to change it');
  await say(
    context,
    ['podman', 'machine', 'set', '--rootful', machine.name],
    'make the machine rootful, so that eBPF can be loaded',
  );
}

/** A start that fails is believed only when podman does not answer: `already running` is also a failure to podman. */
async function start(context: Context, machine: Machine): Promise<void> {
  context.log(`podman machine start ${machine.name}`);
  const started = await context.run(['podman', 'machine', 'start', machine.name], { timeoutMs: READY_WITHIN_MS });
  const deadline = context.now() + (started.code === 0 ? READY_WITHIN_MS : 10 * ASK_EVERY_MS);
  while (!(await podmanAnswers(context))) {
    if (context.now() > deadline) throw notStarted(machine, `${started.stdout}\n${started.stderr}`);
    await context.sleep(ASK_EVERY_MS);
  }
  context.log(`\`${machine.name}\` answers`);
}

function notStarted(machine: Machine, output: string): TaskFailure {
  const lastLine = output.trim().split('\n').at(-1) ?? 'it printed nothing';
  return new TaskFailure(`\`${machine.name}\` did not start: ${lastLine}`, {
    remedy: `podman machine stop ${machine.name}; podman machine start --log-level=debug ${machine.name}`,
  });
}
