/** `up` as it is typed, where it is refused before anything starts. */
import { expect, test } from 'vitest';
import { tasks } from '../helpers/checkout.ts';
import { fakePodman } from '../helpers/fake-podman.ts';

test('a container that only has the name of one of the stack is named with the command that renames it, and not started', async () => {
  const stopped = { code: 0, stdout: 'abc web\ndef profiler-profiler-1\n', stderr: '' };
  await using fake = await fakePodman({
    version: '5.8.6',
    state: '7-running-rootful',
    also: [[/^ps -a --no-trunc --format \{\{\.ID\}\} \{\{\.Names\}\}$/, stopped]],
  });
  const env = { PATH: `${fake.folder}:${process.env.PATH}`, TASKS_PLATFORM: 'darwin-arm64', APP_PORT: '47' };
  const { code, output } = await tasks(['up', '--only'], { env, cwd: fake.checkout });
  expect(code, output).toBe(1);
  expect(output).toContain(
    'a container that is not of the stack is called `profiler-profiler-1`, and the stack needs that name\n',
  );
  expect(output).toContain('remedy: podman rename profiler-profiler-1 other-profiler-profiler-1\n');
  expect(output).not.toContain('starting ');
});
