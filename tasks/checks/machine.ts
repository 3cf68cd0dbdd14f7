/** On macOS: the Linux VM in which Podman runs, and whether it fits. */
import type { CheckResult, Fix, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import { type Machine, type MachineState, MIB_LEAST, MIB_RECOMMENDED, readMachine } from '../lib/machine.ts';
import { RECORD_IS_BROKEN, START_ANEW } from '../lib/machine-record.ts';
import { withPodman } from '../lib/subjects.ts';

export const checks = documented([
  {
    id: 'PM001',
    name: 'machine-exists',
    question: 'does a Podman machine exist?',
    group: 'machine',
    needs: ['EN001', 'PM005', 'PM006', 'PM007'],
    platforms: ['darwin'],
    about: 'Containers need a Linux kernel; on macOS it runs in a virtual machine.',
    fix: '`npx tasks machine-start`, which creates one; with `--forget-broken`, which only you can decide, in place of one whose record Podman cannot read',
    run: withMachine(exists),
  },
  {
    id: 'PM002',
    name: 'machine-running',
    question: 'is the Podman machine running?',
    group: 'machine',
    needs: ['PM001'],
    platforms: ['darwin'],
    about: 'The check distinguishes a machine that is stopped, starting, or stuck in an interrupted start.',
    fix: '`npx tasks machine-start`, from each of these states',
    run: withMachine(runs),
  },
  {
    id: 'PM003',
    name: 'machine-rootful',
    question: 'is the Podman machine rootful, so that eBPF can be loaded?',
    group: 'machine',
    needs: ['PM002'],
    platforms: ['darwin'],
    about: 'Only the kernel’s own root may load eBPF, in the machine too.',
    fix: '`npx tasks machine-start`, which stops the machine, changes it and starts it again',
    run: withMachine(isRootful),
  },
  {
    id: 'PM004',
    name: 'machine-memory',
    question: 'does the Podman machine have enough memory?',
    group: 'machine',
    needs: ['PM001'],
    platforms: ['darwin'],
    about: 'By default Podman gives a machine 2 GiB; for the eBPF compiler and the application, 4 are enough.',
    fix: '`npx tasks machine-start` below 2 GiB, and for a machine that is stopped; from 2 to 4 in one that runs, a command for you to run, because it stops the containers',
    run: withMachine(hasMemory),
  },
]);

const start: readonly Fix[] = [{ about: 'create, configure and start the Podman machine', task: 'machine-start' }];

function withMachine(judge: (machine: Machine | undefined) => CheckResult): (probe: Probe) => Promise<CheckResult> {
  return withPodman(async (probe) => {
    const found = await readMachine(probe.ask);
    if (found.state === 'known') return judge(found.machine);
    if (found.isRecordBroken)
      return { outcome: 'fail', summary: found.why, cause: RECORD_IS_BROKEN, fixes: [startAnew] };
    return { outcome: 'could-not-check', summary: found.why, cause: found.why, fixes: start };
  });
}

/** By hand: a new machine takes the place of the old one's disk. */
const startAnew: Fix = { about: 'create a new machine', command: START_ANEW, byHand: true };

function exists(machine: Machine | undefined): CheckResult {
  if (machine !== undefined) return { outcome: 'pass', summary: `\`${machine.name}\`` };
  return {
    outcome: 'fail',
    summary: 'there is no Podman machine',
    cause: 'containers need a Linux kernel; on macOS it runs in a virtual machine',
    fixes: start,
  };
}

function runs(machine: Machine | undefined): CheckResult {
  if (machine === undefined) return exists(machine);
  if (machine.state === 'running') return { outcome: 'pass', summary: `\`${machine.name}\` is running` };
  return {
    outcome: 'fail',
    summary: `\`${machine.name}\` ${stateInWords[machine.state]}`,
    cause: 'containers run inside this machine',
    fixes: start,
  };
}

const stateInWords: Record<MachineState, string> = {
  running: 'is running',
  stopped: 'is stopped',
  starting: 'is starting',
  stuck: 'got stuck while it started',
};

function isRootful(machine: Machine | undefined): CheckResult {
  if (machine === undefined) return exists(machine);
  if (machine.rootful) return { outcome: 'pass', summary: `\`${machine.name}\` is rootful` };
  return {
    outcome: 'fail',
    summary: `\`${machine.name}\` is rootless`,
    cause: 'the kernel lets only root (CAP_BPF in the first user namespace) load eBPF',
    fixes: start,
  };
}

function hasMemory(machine: Machine | undefined): CheckResult {
  if (machine === undefined) return exists(machine);
  const has = `\`${machine.name}\` has ${machine.memoryMib} MiB`;
  if (machine.memoryMib >= MIB_RECOMMENDED) return { outcome: 'pass', summary: has };
  return {
    outcome: machine.memoryMib < MIB_LEAST ? 'fail' : 'warn',
    summary: `${has}, ${MIB_RECOMMENDED} are recommended`,
    cause: 'the eBPF compiler and the application share this memory',
    // Whatever starts it gives it more.
    fixes: machine.memoryMib < MIB_LEAST || machine.state !== 'running' ? start : [giveMore(machine)],
  };
}

/** A machine that runs well enough is not stopped for the sake of more memory, unless somebody wants that. */
function giveMore({ name }: Machine): Fix {
  const command = `podman machine stop ${name}; podman machine set --memory ${MIB_RECOMMENDED} ${name} && podman machine start ${name}`;
  return { about: 'give it more memory; this stops its containers', command, byHand: true };
}
