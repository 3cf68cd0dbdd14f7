/** What the engine says of containers while they come and go. */
import { expect, test } from 'vitest';
import { findNames } from '../../tasks/lib/containers.ts';
import { engineOf } from '../helpers/probe.ts';
import { ranOf } from '../helpers/script-context.ts';

const row = { Id: 'a', Name: '/web', Config: { Image: 'nginx', Labels: null } };
const names = (inspect: { readonly code: number; readonly stdout: string; readonly stderr: string }) =>
  findNames(async (command) => {
    const listed = { code: 0, stdout: 'a\nb\n', stderr: '' };
    return ranOf(command.join(' '), command.includes('ps') ? listed : inspect);
  }, engineOf({}));

test('of a container that ended meanwhile nothing is said, and the others are named', async () => {
  const stderr = 'Error: inspecting object: no such object: "b"';
  expect(await names({ code: 125, stdout: JSON.stringify([row]), stderr })).toEqual([
    { id: 'a', name: 'web', image: 'nginx', service: null },
  ]);
});

test('an engine that goes away meanwhile is told with its own words', async () => {
  const gone = names({ code: 125, stdout: '', stderr: 'Cannot connect to Podman' });
  await expect(gone).rejects.toThrow('`podman inspect a b` failed: Cannot connect to Podman');
});
