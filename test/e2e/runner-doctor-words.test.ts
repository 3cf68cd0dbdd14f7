/** What the doctor knows is said wherever a task meets it; and what it says of this machine can be shown to others. */
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { root, tasks } from '../helpers/checkout.ts';
import { type FakePodman, fakePodman } from '../helpers/fake-podman.ts';

// A whole `up`, or a whole doctor's run, each with dozens of processes.
vi.setConfig({ testTimeout: 240_000 });

const unusedPort = '47';
const onMac = ({ folder, checkout }: FakePodman, own: Record<string, string> = {}) => ({
  cwd: checkout,
  env: { TASKS_PLATFORM: 'darwin-arm64', APP_PORT: unusedPort, PATH: `${folder}:${process.env.PATH}`, ...own },
});
const failed = (stderr: string) => ({ code: 1, stdout: 'STEP 1/4: FROM scratch\n', stderr: `${stderr}\n` });

test.each([
  ['TC001', "probe.bpf.c:3:10: fatal error: 'bpf/bpf_helpers.h' file not found", 'npx tasks doctor TC001'],
  [
    'IM001',
    'Error: initializing source docker://debian:12: pinging container registry example.org: no such host',
    'npx tasks doctor --fix base-images',
  ],
  [
    'EN002',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    'npx tasks doctor --fix engine-answers',
  ],
])('a build whose output has a known failure names %s and its remedy', async (check, line, remedy) => {
  const also = [[/^build (?!.*tasks-check)/, failed(line)]] as const;
  await using fake = await fakePodman({ version: '5.8.6', state: '7-running-rootful', also });
  const { code, output } = await tasks(['build', 'app', '--force'], onMac(fake));
  expect(code, output).toBe(1);
  expect(output).toMatch(new RegExp(`^ *${check}: .+\\n *remedy: ${remedy}$`, 'm'));
});

test('a compose provider that finds no engine names EN002 and its remedy under the failed task', async () => {
  const also = [
    [/^build (?!.*tasks-check)/, { code: 0, stdout: 'id\n', stderr: '' }],
    [/^image inspect --format \{\{\.Id\}\} /, { code: 0, stdout: 'sha256:1\n', stderr: '' }],
  ] as const;
  await using fake = await fakePodman({ version: '5.8.6', state: '7-running-rootful', also });
  const compose = `#!/bin/sh
[ "$*" = version ] && { echo 'podman-compose version 1.5.0'; exit 0; }
echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2
exit 1
`;
  await writeFile(join(fake.folder, 'podman-compose'), compose, { mode: 0o755 });
  const { code, output } = await tasks(['up'], onMac(fake));
  expect(code, output).not.toBe(0);
  expect(output).toMatch(/^ *EN002: .+\n *remedy: npx tasks doctor --fix engine-answers$/m);
});

test('the report of a real machine carries no name, folder, address or token of it', async () => {
  const planted = {
    home: '/Users/mara.lindqvist',
    token: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    address: '203.0.113.77',
    wide: '2001:db8:85a3::8a2e:370:7334',
    password: 'correct-horse-battery',
    mail: 'mara.lindqvist@example.org',
  };
  const said = `Error: ${Object.values(planted).join(' ')} ${root}/container ${hostname()} https://mara:${planted.password}@example.org`;
  const also = [[/^info/, { code: 125, stdout: '', stderr: `${said}\n` }]] as const;
  await using fake = await fakePodman({ version: '5.8.6', state: '7-running-rootful', also });
  await writeFile(join(fake.folder, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const own = { HOME: planted.home, USER: 'mara.lindqvist', DEPLOY_PASSWORD: planted.password };
  for (const form of ['--markdown', '--checklist']) {
    const { code, output } = await tasks(['doctor', form], { ...onMac(fake, own), cwd: root });
    expect(code, output).toBe(4);
    expect(output).toContain('EN002');
    for (const [what, value] of Object.entries({ ...planted, root, user: 'mara' }))
      expect(output, `${form}: ${what}`).not.toContain(value);
    expect(output.split(/[^\w.-]+/)).not.toContain(hostname());
  }
});

test('the JSON of a real machine carries no token of it', async () => {
  const token = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';
  const also = [[/^info/, { code: 125, stdout: '', stderr: `Error: ${token} and s3cr3t-of-mine\n` }]] as const;
  await using fake = await fakePodman({ version: '5.8.6', state: '7-running-rootful', also });
  const { output } = await tasks(['doctor', '--json', 'EN002'], onMac(fake, { REGISTRY_TOKEN: 's3cr3t-of-mine' }));
  expect(output).toContain('<secret> and <secret>');
  expect(output).not.toContain(token);
  expect(output).not.toContain('s3cr3t-of-mine');
});
