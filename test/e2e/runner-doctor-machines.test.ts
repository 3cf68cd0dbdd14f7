/** The doctor on bare machines and on a Mac; every state of a machine is in the matrix beside this. */
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bareMachine } from '../helpers/bare-machine.ts';
import { tasks } from '../helpers/checkout.ts';
import { fakePodman } from '../helpers/fake-podman.ts';
import { programPath } from '../helpers/program-path.ts';
import { createProject } from '../helpers/project.ts';

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

test('a Mac whose rootful machine runs is ready, but warned of its memory', async () => {
  await using fake = await fakePodman({ version: '5.4.2', state: '7-running-rootful' });
  const { code, output } = await tasks(['doctor'], { env: withFake(fake.folder) });
  expect(code, output).toBe(0);
  expect(output).toContain('`podman-machine-default` has 2048 MiB, 4096 are recommended');
  expect(output.split('\n').find((line) => !line.startsWith('note: '))).toContain('darwin-arm64');
});

test('a podman that hangs does not hang the doctor', async () => {
  await using fake = await fakePodman({ version: '4.3.1', state: '8-after-failed-start' });
  const { code, output } = await tasks(['doctor', 'PM001', 'EN002'], { env: withFake(fake.folder) });
  expect(code, output).toBe(4);
  expect(output).toContain('why: `podman machine list` did not answer in time');
  expect(output.trim().split('\n').at(-1)).toBe('verdict: not ready: PM001 could not check machine-exists');
});

test('`doctor --fix` on a Mac starts the machine and finds nothing to do the second time', async () => {
  await using fake = await fakePodman({ version: '5.8.6', state: '9-stuck-starting' });
  const onMac = { env: withFake(fake.folder), cwd: fake.checkout };
  const { code, output } = await tasks(['doctor', '--fix'], onMac);
  expect(code, output).toBe(0);
  const { changes } = fake.podman;
  const before = changes.length;
  expect(before).toBe(3);
  const again = await tasks(['doctor', '--fix'], onMac);
  expect(again.code, again.output).toBe(0);
  expect(changes).toHaveLength(before);
});

test('on a Mac, compiling eBPF on the host is refused with the reason and the command to run', async () => {
  const { code, output } = await tasks(['bpf:build', '--host'], { env: mac });
  expect(code).toBe(2);
  expect(output).toContain('eBPF is a Linux kernel feature');
  expect(output).toContain('npx tasks build');
});

test('on Linux, compiling eBPF on the host asks for a compiler, and with `--only` for no container engine', async () => {
  await using machine = await bareMachine([]);
  await using fake = await fakePodman({ version: '5.8.6', state: '1-no-machine' });
  for (const name of ['dirname', 'mkdir']) await symlink(programPath(name), join(machine.folder, name));
  const env = { PATH: machine.folder, CLANG: 'no-such-compiler' };
  const { code, output } = await tasks(['bpf:build', '--host', '--only'], { env, cwd: fake.checkout });
  expect(output).toContain('error: `no-such-compiler` was not found');
  expect(code, output).toBe(1);
});

test('on a Mac, compiling eBPF is planned in the toolchain’s container', async () => {
  const { code, output } = await tasks(['bpf:build', '--dry-run'], { env: mac });
  expect(code, output).toBe(0);
  expect(output).toContain('localhost/profiler-toolchain');
});

test.each([
  ['v18.20.4', 4, 'node is 18.20.4'],
  ['v20.19.0', 0, 'node 20.19.0'],
])('Node %s: the doctor ends with %i', async (version, code, said) => {
  await using machine = await bareMachine([]);
  await rm(join(machine.folder, 'node'));
  await writeFile(join(machine.folder, 'node'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  const ended = await tasks(['doctor', 'ND001'], { env: { PATH: machine.folder } });
  expect(ended.code, ended.output).toBe(code);
  expect(ended.output).toContain(said);
});

const asksEngine = `export const checks = [{
  id: 'EN009', name: 'engine', question: 'how is the engine called?', group: 'x',
  run: async (probe) => ({ outcome: 'pass', summary: (await probe.engine())?.command.join(' ') ?? 'not at all' }),
}];`;

test.each([
  ['linux-x64', 'env CONTAINERS_CONF=<project>/.tasks/containers.conf podman'],
  ['darwin-arm64', 'podman'],
])('settings that fit this host are for a Linux engine only: on %s', async (platform, command) => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\nchecks: { engine: { id: EN009, script: checks.ts } }\ntasks: { a: { run: "true" } }\n',
    'checks.ts': asksEngine,
    '.tasks/containers.conf': '',
  });
  await project.program('podman', `echo '{"version":{"Version":"5.4.2"},"host":{"security":{"rootless":false}}}'`);
  await project.program('sudo', '[ "$1" != -n ] || shift; exec "$@"');
  const { stdout } = await project.run('doctor', { env: { TASKS_PLATFORM: platform } });
  const bySudo = platform.startsWith('linux') && process.getuid?.() !== 0 ? 'sudo -n ' : '';
  expect(stdout.replaceAll(project.folder, '<project>')).toContain(`✔ EN009 ${bySudo}${command}\n`);
});
