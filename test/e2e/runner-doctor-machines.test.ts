/** The doctor on bare machines, and on a Mac in several states. */
import { expect, test } from 'vitest';
import { bareMachine } from '../helpers/bare-machine.ts';
import { tasks } from '../helpers/checkout.ts';
import { fakePodman } from '../helpers/fake-podman.ts';

test.each([
  ['without a docker client', [], 'neither `podman` nor `docker` is on PATH'],
  ['with a docker client', ['docker'], 'only the docker client is installed, no engine'],
])('a bare machine %s is told that it has no container engine, and how to get one', async (_which, clients, said) => {
  await using machine = await bareMachine(clients);
  const { code, output } = await tasks(['doctor'], { env: { PATH: machine.folder } });
  expect(code).toBe(4);
  expect(output).toContain(said);
  expect(output).toContain('apt-get install -y -qq --no-install-recommends podman runc');
  expect(output).not.toContain('systemctl');
  expect(output.trim().split('\n').at(-1)).toContain('EN001');
});

/** The real stack may be running here, on the port that the pretended Mac would use. */
const unusedPort = '47';
const mac = { TASKS_PLATFORM: 'darwin-arm64', APP_PORT: unusedPort };
const withFake = (folder: string) => ({ ...mac, PATH: `${folder}:${process.env.PATH}` });

test('a Mac whose Podman machine is stopped is told to start it, and only that', async () => {
  await using podman = await fakePodman({ version: '5.4.2', state: '5-stopped-rootless' });
  const { code, output } = await tasks(['doctor', '--json'], { env: withFake(podman.folder) });
  expect(code, output).toBe(4);
  const report = JSON.parse(output);
  const failed = report.checks.filter((check: { outcome: string }) => check.outcome === 'fail');
  expect(failed.map((check: { id: string }) => check.id)).toEqual(['PM002']);
  expect(failed[0]).toMatchObject({
    summary: '`podman-machine-default` is stopped',
    fixes: [{ task: 'machine-start' }],
  });
});

test('a Mac without a Podman machine is told to make one', async () => {
  await using podman = await fakePodman({ version: '5.4.2', state: '1-no-machine' });
  const { code, output } = await tasks(['doctor'], { env: withFake(podman.folder) });
  expect(code, output).toBe(4);
  expect(output).toContain('there is no Podman machine');
});

test('a Mac whose rootful machine runs is ready, but warned of its memory', async () => {
  await using podman = await fakePodman({ version: '5.4.2', state: '7-running-rootful' });
  const { code, output } = await tasks(['doctor'], { env: withFake(podman.folder) });
  expect(code, output).toBe(0);
  expect(output).toContain('`podman-machine-default` has 2048 MiB, 4096 are recommended');
  expect(output.split('\n')[0]).toContain('darwin-arm64');
});

test('on a Mac, compiling eBPF on the host is refused with the reason and the command to run', async () => {
  const { code, output } = await tasks(['bpf:build', '--host'], { env: mac });
  expect(code).toBe(2);
  expect(output).toContain('eBPF is a Linux kernel feature');
  expect(output).toContain('npx tasks build');
});

test('on a Mac, compiling eBPF is planned in the toolchain’s container', async () => {
  const { code, output } = await tasks(['bpf:build', '--dry-run'], { env: mac });
  expect(code, output).toBe(0);
  expect(output).toContain('localhost/profiler-toolchain');
});
