/** On macOS: the Linux VM in which Podman runs, and whether it fits. */
import type { Check, CheckResult, Fix, Probe } from 'zx-tasks';
import { type Machine, type MachineState, MIB_LEAST, MIB_RECOMMENDED, readMachine } from '../lib/machine.ts';

export const checks: Check[] = [
  machineCheck('PM001', 'machine-exists', 'does a Podman machine exist?', ['EN001'], exists),
  machineCheck('PM002', 'machine-running', 'does the Podman machine run?', ['PM001'], runs),
  machineCheck(
    'PM003',
    'machine-rootful',
    'is the Podman machine rootful, so that eBPF can be loaded?',
    ['PM002'],
    isRootful,
  ),
  machineCheck('PM004', 'machine-memory', 'has the Podman machine enough memory?', ['PM001'], hasMemory),
];

const start: readonly Fix[] = [{ about: 'create, configure and start the Podman machine', task: 'machine-start' }];

function machineCheck(
  id: string,
  name: string,
  question: string,
  needs: readonly string[],
  judge: (machine: Machine | undefined) => CheckResult,
): Check {
  const run = async (probe: Probe): Promise<CheckResult> => {
    if ((await probe.which('podman')) === undefined) {
      return { outcome: 'skip', summary: 'Podman is not installed; Docker serves in its place' };
    }
    const found = await readMachine(probe.run);
    return found.state === 'unknown'
      ? { outcome: 'could-not-check', summary: found.why, cause: found.why, fixes: start }
      : judge(found.machine);
  };
  return { id, name, question, group: 'machine', needs, platforms: ['darwin'], run };
}

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
    fixes: machine.memoryMib < MIB_LEAST ? start : [giveMore(machine)],
  };
}

/** A machine that runs well enough is not stopped for the sake of more memory, unless somebody wants that. */
function giveMore({ name }: Machine): Fix {
  const command = `podman machine stop ${name}; podman machine set --memory ${MIB_RECOMMENDED} ${name} && podman machine start ${name}`;
  return { about: 'give it more; its containers stop meanwhile', command, byHand: true };
}
