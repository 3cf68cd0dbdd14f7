/** Every recorded state of a Podman machine, of every podman, through `doctor` and `machine-start` as they are typed. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test, vi } from 'vitest';
import { tasks } from '../helpers/checkout.ts';
import { type FakePodman, fakePodman } from '../helpers/fake-podman.ts';
import { type MachineStateName, type PodmanVersion, states, versions } from '../helpers/simulated-podman.ts';

// Several at one time, each with dozens of processes.
vi.setConfig({ testTimeout: 240_000 });

const name = 'podman-machine-default';
const init = 'podman machine init --rootful --cpus 4 --memory 4096';
const stop = `podman machine stop ${name}`;
const both = `podman machine set --rootful --memory 4096 ${name}`;
const memory = `podman machine set --memory 4096 ${name}`;
const start = `podman machine start ${name}`;
const endHelper = 'pkill -x gvproxy';
const forget =
  'sed -i.bak s/"Starting": *true/"Starting": false/ /home/user/.config/containers/podman/machine/qemu/podman-machine-default.json';

type Expected = { readonly root?: string; readonly said: string; readonly commands: readonly string[] };

/** What the doctor names as the one root cause, and what `machine-start` does about it. */
const usual: Record<MachineStateName, Expected> = {
  '1-no-machine': { root: 'PM001', said: 'there is no Podman machine', commands: [init, start] },
  '2-stopped-never-started': { root: 'PM002', said: `\`${name}\` is stopped`, commands: [both, start] },
  '3-starting': { root: 'PM002', said: `\`${name}\` is starting`, commands: [stop, both, start] },
  '4-running-rootless': { root: 'PM003', said: `\`${name}\` is rootless`, commands: [stop, both, start] },
  '5-stopped-rootless': { root: 'PM002', said: `\`${name}\` is stopped`, commands: [both, start] },
  '6-stopped-rootful': { root: 'PM002', said: `\`${name}\` is stopped`, commands: [memory, start] },
  '7-running-rootful': { said: `\`${name}\` has 2048 MiB, 4096 are recommended`, commands: [] },
  '8-after-failed-start': { root: 'PM002', said: `\`${name}\` is stopped`, commands: [memory, start] },
  '9-stuck-starting': {
    root: 'PM002',
    said: `\`${name}\` got stuck while it started`,
    commands: [stop, memory, start],
  },
};

/** Podman 4 asks the network helper that a refused start left, and waits; and it goes on starting what was stopped. */
const ofPodman4: Partial<Record<MachineStateName, Expected>> = {
  '8-after-failed-start': {
    root: 'PM001',
    said: 'could not check machine-exists',
    commands: [endHelper, memory, start],
  },
  '9-stuck-starting': { ...usual['9-stuck-starting'], commands: [stop, forget, memory, start] },
};

const expectedOf = (version: PodmanVersion, state: MachineStateName): Expected =>
  (version === '4.3.1' ? ofPodman4[state] : undefined) ?? usual[state];
const cases = versions.flatMap((version) => states.map((state) => [version, state] as const));
/** The real stack may be running here, on the port that the pretended Mac would use. */
const onMac = ({ folder, checkout }: FakePodman) => ({
  cwd: checkout,
  env: {
    TASKS_PLATFORM: 'darwin-arm64',
    APP_PORT: '47',
    PATH: `${folder}:${process.env.PATH}`,
    MACHINE_READY_WITHIN: '20',
  },
});

const schema = JSON.parse(readFileSync('tasks/runner/doctor.schema.json', 'utf8')) as object;
const fitsSchema = new Ajv({ strict: false, allErrors: true }).compile(schema);

type Report = {
  readonly roots: readonly string[];
  readonly verdict: string;
  readonly checks: readonly { readonly id: string; readonly fixes: readonly unknown[] }[];
};

test.concurrent.each(cases)('podman %s in the state %s: `doctor` names the one root cause', async (version, state) => {
  await using fake = await fakePodman({ version, state });
  const { root, said } = expectedOf(version, state);
  const { code, output } = await tasks(['doctor', '--json'], onMac(fake));
  expect(code, output).toBe(root === undefined ? 0 : 4);
  // A check that waits for a podman that hangs says so, on stderr.
  const report = JSON.parse(output.slice(output.indexOf('{\n'))) as Report;
  expect(fitsSchema(report), JSON.stringify(fitsSchema.errors)).toBe(true);
  expect(report.roots).toEqual(root === undefined ? [] : [root]);
  const ready = root === undefined ? 'ready; warnings: PM004 ' : `not ready: ${root} `;
  expect(report.verdict).toContain(`${ready}${said}`);
  if (root !== undefined)
    expect(report.checks.find((check) => check.id === root)?.fixes).toMatchObject([{ task: 'machine-start' }]);
  expect(fake.podman.changes).toEqual([]);
});

test.concurrent.each(cases)(
  'podman %s in the state %s: `machine-start` leads to a machine that serves',
  async (version, state) => {
    await using fake = await fakePodman({ version, state, quirks: { bootsAfter: 1 } });
    const { code, output } = await tasks(['machine-start'], onMac(fake));
    expect(code, output).toBe(0);
    const { commands } = expectedOf(version, state);
    expect(output.split('\n').filter((line) => /^(podman|sed|pkill) /.test(line))).toEqual(commands);
    expect(fake.podman.changes).toEqual(commands);
    expect(fake.podman.state).toBe('7-running-rootful');
  },
);
