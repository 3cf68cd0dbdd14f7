/** `machine-start` on a Mac that is played by a recorded podman, and on Linux. */
import { expect, test } from 'vitest';
import { tasks } from '../helpers/checkout.ts';
import { fakePodman } from '../helpers/fake-podman.ts';

const onMac = (folder: string) => ({ env: { TASKS_PLATFORM: 'darwin-arm64', PATH: `${folder}:${process.env.PATH}` } });

test.each([
  [
    '1-no-machine',
    ['podman machine init --rootful --cpus 4 --memory 4096', 'podman machine start podman-machine-default'],
  ],
  [
    '5-stopped-rootless',
    ['podman machine set --rootful podman-machine-default', 'podman machine start podman-machine-default'],
  ],
  ['6-stopped-rootful', ['podman machine start podman-machine-default']],
])('from `%s` the machine is brought to answer, rootful, and every command is shown', async (state, commands) => {
  await using podman = await fakePodman({ version: '5.4.2', state });
  const { code, output } = await tasks(['machine-start'], onMac(podman.folder));
  expect(code, output).toBe(0);
  expect(output.split('\n').filter((line) => line.startsWith('podman '))).toEqual(commands);
  expect(output).toContain('`podman-machine-default` answers');
  const again = await tasks(['machine-start'], onMac(podman.folder));
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining('is running, rootful, and answers') });
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
