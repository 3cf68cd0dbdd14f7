import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checks } from '../../tasks/checks/machine.ts';
import { checkOf, type Told } from '../helpers/probe.ts';

const fixtures = join(import.meta.dirname, '../fixtures/podman-machine-5.4.2');

async function recorded(state: string): Promise<Told> {
  const read = async (name: string) => ({
    stdout: await readFile(join(fixtures, state, `${name}.stdout`), 'utf8'),
    stderr: await readFile(join(fixtures, state, `${name}.stderr`), 'utf8'),
    code: Number(await readFile(join(fixtures, state, `${name}.rc`), 'utf8')),
  });
  return {
    platform: 'darwin-arm64',
    programs: ['podman'],
    commands: {
      'podman machine list --format json': await read('machine-list'),
      'podman machine inspect podman-machine-default': await read('machine-inspect'),
    },
  };
}

test.each([
  ['1-no-machine', { PM001: 'fail', PM002: 'fail', PM003: 'fail', PM004: 'fail' }],
  ['5-stopped-rootless', { PM001: 'pass', PM002: 'fail', PM003: 'fail', PM004: 'warn' }],
  ['6-stopped-rootful', { PM001: 'pass', PM002: 'fail', PM003: 'pass', PM004: 'warn' }],
  ['7-running-rootful', { PM001: 'pass', PM002: 'pass', PM003: 'pass', PM004: 'warn' }],
])('the machine `%s` is told as it is', async (state, expected) => {
  const told = await recorded(state);
  const outcomes = await Promise.all(checks.map(async ({ id }) => [id, (await checkOf(checks, id)(told)).outcome]));
  expect(Object.fromEntries(outcomes)).toEqual(expected);
});

test('a machine with less than 2 GiB fails, one with 4 is well', async () => {
  const memory = async (mib: number) => {
    const told = await recorded('7-running-rootful');
    const list = told.commands?.['podman machine list --format json'] as { readonly stdout: string };
    const stdout = list.stdout.replace(/"Memory": "\d+"/, `"Memory": "${mib * 1024 * 1024}"`);
    const commands = { ...told.commands, 'podman machine list --format json': { stdout } };
    return await checkOf(checks, 'PM004')({ ...told, commands });
  };
  expect(await memory(1024)).toMatchObject({ outcome: 'fail', fixes: [{ task: 'machine-start' }] });
  expect(await memory(2048)).toMatchObject({ outcome: 'warn', fixes: [{ byHand: true }] });
  expect((await memory(4096)).outcome).toBe('pass');
  const stopped = await checkOf(checks, 'PM004')(await recorded('6-stopped-rootful'));
  expect(stopped, 'starting it gives it more').toMatchObject({ outcome: 'warn', fixes: [{ task: 'machine-start' }] });
});

test('a podman that answers no JSON is not judged', async () => {
  const told: Told = {
    platform: 'darwin-arm64',
    programs: ['podman'],
    commands: { 'podman machine list --format json': 'oops' },
  };
  expect(await checkOf(checks, 'PM002')(told)).toMatchObject({ outcome: 'could-not-check' });
});

test.each([
  'Error: listing vms: unexpected end of JSON input',
  "Error: listing vms: invalid character '\\x00' looking for beginning of value",
])('a podman whose record of its machine is broken says so: %s', async (stderr) => {
  const told: Told = {
    platform: 'darwin-arm64',
    programs: ['podman'],
    commands: { 'podman machine list --format json': { code: 125, stderr } },
  };
  const { outcome, cause, fixes } = await checkOf(checks, 'PM001')(told);
  expect({ outcome, cause }).toEqual({ outcome: 'fail', cause: expect.stringContaining('is empty or incomplete') });
  expect(fixes).toEqual([
    expect.objectContaining({ byHand: true, command: expect.stringContaining('--forget-broken') }),
  ]);
});

test('before podman 4.7, the default connection tells whether the machine is rootful', async () => {
  const told: Told = {
    platform: 'darwin-arm64',
    programs: ['podman'],
    commands: {
      'podman machine list --format json':
        '[{"Name":"m","Default":true,"Running":true,"Starting":false,"Memory":"4294967296"}]',
      'podman machine inspect m': '[{"Name":"m"}]',
      'podman system connection list --format json': '[{"Name":"m","Default":false},{"Name":"m-root","Default":true}]',
    },
  };
  expect((await checkOf(checks, 'PM003')(told)).outcome).toBe('pass');
  expect((await checkOf(checks, 'PM004')(told)).outcome).toBe('pass');
});

test('without podman on a Mac the machine is not asked for', async () => {
  expect((await checkOf(checks, 'PM001')({ platform: 'darwin-arm64' })).outcome).toBe('skip');
});
