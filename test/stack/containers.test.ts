/** What the engine says of containers while they come and go. */
import { expect, test } from 'vitest';
import { findContainers, findNames } from '../../tasks/lib/containers.ts';
import { engineOf } from '../helpers/probe.ts';
import { ranOf } from '../helpers/script-context.ts';

const row = { Id: 'a', Name: '/web', Config: { Image: 'nginx', Labels: null } };
type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };
const answering = (inspect: Answer) => async (command: readonly string[]) => {
  const listed = { code: 0, stdout: 'a\nb\n', stderr: '' };
  return ranOf(command.join(' '), command.includes('ps') ? listed : inspect);
};
const names = (inspect: Answer) => findNames(answering(inspect), engineOf({}));

test('of a container that ended meanwhile nothing is said, and the others are named', async () => {
  const stderr = 'Error: inspecting object: no such object: "b"';
  expect(await names({ code: 125, stdout: JSON.stringify([row]), stderr })).toEqual([
    { id: 'a', name: 'web', image: 'nginx', service: null },
  ]);
});

test('the stack’s own that was removed meanwhile is not there, and its other one is', async () => {
  const labels = { 'com.docker.compose.service': 'app', 'io.tasks.root': '/project' };
  const app = { ...row, Image: '1', State: { Status: 'running', ExitCode: 0 }, Config: { Image: 'i', Labels: labels } };
  const stderr = 'Error: inspecting object: no such object: "b"';
  const found = await findContainers(answering({ code: 125, stdout: JSON.stringify([app]), stderr }), engineOf({}));
  expect(found).toMatchObject([{ service: 'app', state: 'running', root: '/project' }]);
});

test('an engine that goes away meanwhile is told with its own words', async () => {
  const gone = names({ code: 125, stdout: '', stderr: 'Cannot connect to Podman' });
  await expect(gone).rejects.toThrow('`podman inspect a b` failed: Cannot connect to Podman');
});
