/** `machine-start` as it is typed, on a Mac that is played by a simulated podman, and on Linux. */
import { expect, test } from 'vitest';
import { tasks } from '../helpers/checkout.ts';
import { type FakePodman, fakePodman } from '../helpers/fake-podman.ts';

const onMac = ({ folder, checkout }: FakePodman) => ({
  cwd: checkout,
  env: { TASKS_PLATFORM: 'darwin-arm64', PATH: `${folder}:${process.env.PATH}` },
});

test('from a stopped rootless machine it gets to one that answers, rootful, and shows every command', async () => {
  await using fake = await fakePodman({ version: '5.8.6', state: '5-stopped-rootless' });
  const { code, output } = await tasks(['machine-start'], onMac(fake));
  expect(code, output).toBe(0);
  expect(output.split('\n').filter((line) => line.startsWith('podman '))).toEqual([
    'podman machine set --rootful --memory 4096 podman-machine-default',
    'podman machine start podman-machine-default',
  ]);
  expect(output).toContain('`podman-machine-default` answers');
  const again = await tasks(['machine-start'], onMac(fake));
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining('is running, rootful, and answers') });
});

test('without a machine one is made', async () => {
  await using fake = await fakePodman({ version: '6.0.0', state: '1-no-machine' });
  const { code, output } = await tasks(['machine-start'], onMac(fake));
  expect(code, output).toBe(0);
  expect(fake.podman.changes).toEqual([
    'podman machine init --rootful --cpus 4 --memory 4096',
    'podman machine start podman-machine-default',
  ]);
});

test('a start that fails shows what podman printed, and the machine is not ready', async () => {
  const quirks = { failingStarts: 9, apiIsDown: true };
  await using fake = await fakePodman({ version: '5.4.2', state: '6-stopped-rootful', quirks });
  const env = { ...onMac(fake).env, MACHINE_READY_WITHIN: '1' };
  const { code, output } = await tasks(['machine-start'], { env, cwd: fake.checkout });
  expect(code, output).toBe(4);
  expect(output).toContain('Could not access KVM kernel module');
  expect(output).toContain('PM007: this computer cannot run virtual machines');
  expect(output).toContain('remedy: npx tasks doctor machine-hypervisor');
  expect(output).toContain('remedy: podman machine stop podman-machine-default');
});

test('without podman on a Mac it says how to get it, and the machine is not ready', async () => {
  const nowhere = { env: { TASKS_PLATFORM: 'darwin-arm64', PATH: '/nowhere' } };
  const { code, output } = await tasks(['machine-start'], nowhere);
  expect(code, output).toBe(4);
  expect(output).toContain('brew install podman');
});

test('on Linux it is skipped, with the reason', async () => {
  const { code, output } = await tasks(['machine-start']);
  expect(code, output).toBe(0);
  expect(output).toContain('machine-start skipped: containers run in this machine’s own kernel');
});
