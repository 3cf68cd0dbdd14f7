import { expect, test } from 'vitest';
import { checks as compose } from '../../tasks/checks/compose.ts';
import { checks as images } from '../../tasks/checks/images.ts';
import { checks as kernel } from '../../tasks/checks/kernel.ts';
import { checks as project } from '../../tasks/checks/project.ts';
import { checks as testTools } from '../../tasks/checks/test-tools.ts';
import { checks as toolchain } from '../../tasks/checks/toolchain.ts';
import { baseImages } from '../../tasks/lib/base-images.ts';
import { checkOf, type Told } from '../helpers/probe.ts';

const notFound = { code: null, problem: 'not-found' } as const;
const GIB = 1024 ** 3;

const providers = (found: Record<string, string>): NonNullable<Told['commands']> => ({
  'podman-compose version': notFound,
  'podman compose version': { code: 125, stderr: 'Error: unrecognized command `podman compose`' },
  'docker compose version': { code: 1, stderr: "docker: 'compose' is not a docker command." },
  ...found,
});

test.each([
  [
    'podman-compose version',
    "['podman', '--version', '']\nusing podman version: 4.3.1\npodman-composer version  1.0.3\n",
    '`podman-compose` 1.0.3',
  ],
  ['docker compose version', 'Docker Compose version v2.26.1\n', '`docker compose` 2.26.1'],
])('the compose provider behind `%s` is found, with its own version', async (command, stdout, summary) => {
  const result = await checkOf(compose, 'CP001')({ engine: {}, commands: providers({ [command]: stdout }) });
  expect(result).toEqual({ outcome: 'pass', summary });
});

test('without a compose provider, one is offered', async () => {
  const result = await checkOf(compose, 'CP001')({ engine: {}, programs: ['dnf'], commands: providers({}) });
  expect(result).toMatchObject({ outcome: 'fail', fixes: [{ command: 'dnf install -y -q podman-compose' }] });
});

const inspect = (name: string) => `podman image inspect --format {{.Id}} ${name}`;
const nothingHere = Object.fromEntries(
  baseImages.flatMap((image) => [
    [inspect(image.official), { code: 125 }],
    [inspect(image.bootstrapped), { code: 125 }],
    [`podman manifest inspect ${image.official}`, { code: 125, stderr: 'no such host' }],
  ]),
);

test('base images are here, are bootstrapped, or can be pulled', async () => {
  const [debian, node] = baseImages;
  const commands = {
    ...nothingHere,
    [inspect(debian?.bootstrapped ?? '')]: 'id',
    [`podman manifest inspect ${node?.official}`]: '{}',
  };
  const result = await checkOf(images, 'IM001')({ engine: {}, commands });
  expect(result).toEqual({ outcome: 'pass', summary: `${debian?.bootstrapped}, ${node?.official} (to be pulled)` });
});

test('where no registry answers, a Debian host makes the base images itself', async () => {
  const result = await checkOf(images, 'IM001')({ engine: {}, programs: ['apt-get'], commands: nothingHere });
  expect(result.outcome).toBe('fail');
  expect(result.fixes?.[0]).toMatchObject({ task: 'fix-base-images' });
  const elsewhere = await checkOf(images, 'IM001')({ engine: {}, commands: nothingHere });
  expect(elsewhere.fixes?.[0]).toMatchObject({ command: 'export DEBIAN_IMAGE=… NODE_IMAGE=…' });
});

test('a kernel without BTF, or locked down, cannot take the probe', async () => {
  expect((await checkOf(kernel, 'KN001')({ files: { '/sys/kernel/btf/vmlinux': '' } })).outcome).toBe('pass');
  expect(await checkOf(kernel, 'KN001')({ commands: { 'uname -r': '4.19.0\n' } })).toMatchObject({
    outcome: 'fail',
    summary: '/sys/kernel/btf/vmlinux is missing (kernel 4.19.0)',
  });
  const lockdown = (text: string) => checkOf(kernel, 'KN002')({ files: { '/sys/kernel/security/lockdown': text } });
  expect((await lockdown('[none] integrity confidentiality\n')).outcome).toBe('pass');
  expect((await lockdown('none integrity [confidentiality]\n')).outcome).toBe('fail');
});

const listed = 'podman ps -a -q --no-trunc --filter label=com.docker.compose.project=profiler';

test('the port is free, ours, taken, or no port at all', async () => {
  const port = checkOf(project, 'PT001');
  expect((await port({})).summary).toBe('127.0.0.1:8080 is free');
  expect((await port({ env: { APP_PORT: '9090' } })).summary).toBe('127.0.0.1:9090 is free');
  expect(await port({ listening: [8080], engine: {}, commands: { [listed]: '' } })).toMatchObject({
    outcome: 'fail',
    fixes: [{ command: 'APP_PORT=8081 npx tasks up' }],
  });
  const ours = {
    Id: 'abc',
    Name: 'profiler-app-1',
    Image: 'def',
    State: { Status: 'running', ExitCode: 0 },
    Config: {
      Image: 'localhost/profiler-app',
      Labels: { 'com.docker.compose.service': 'app', 'io.tasks.root': '/project' },
    },
  };
  const commands = { [listed]: 'abc\n', 'podman inspect abc': JSON.stringify([ours]) };
  expect((await port({ listening: [8080], engine: {}, commands })).summary).toBe(
    '127.0.0.1:8080 is served by profiler-app-1',
  );
  expect((await port({ env: { APP_PORT: '80a' } })).outcome).toBe('fail');
});

test('traces must be writable', async () => {
  const traces = checkOf(project, 'TR001');
  expect((await traces({ writable: ['/project/container/traces'] })).outcome).toBe('pass');
  expect((await traces({ uid: 1000 })).fixes?.[0]).toMatchObject({
    command: expect.stringContaining('chown -R 1000:1000'),
  });
});

test.each([
  [10 * GIB, 'pass'],
  [3 * GIB, 'warn'],
  [GIB / 2, 'fail'],
])('%d free bytes on the disk: %s', async (freeBytes, outcome) => {
  expect((await checkOf(project, 'DK001')({ freeBytes })).outcome).toBe(outcome);
});

test('a host without the eBPF toolchain is warned, not failed', async () => {
  const check = checkOf(toolchain, 'TC001');
  const commands = { 'clang --version': 'Debian clang version 14.0.6\nTarget: x\n', 'bpftool version': 'v7.1.0' };
  expect(await check({ commands, files: { '/usr/include/bpf/bpf_helpers.h': '' } })).toEqual({
    outcome: 'pass',
    summary: 'Debian clang version 14.0.6',
  });
  const bare = await check({
    programs: ['apt-get'],
    commands: { 'clang --version': notFound, 'bpftool version': notFound },
  });
  expect(bare).toMatchObject({ outcome: 'warn', summary: 'not here: clang, bpftool, bpf/bpf_helpers.h' });
  const old = await check({
    commands: { ...commands, 'clang --version': 'clang version 11.0.1' },
    files: { '/usr/include/bpf/bpf_helpers.h': '' },
  });
  expect(old.summary).toBe('not here: clang >=14');
});

test('what only the tests call is a warning, with the packages that are missing', async () => {
  const check = checkOf(testTools, 'TC002');
  expect(await check({ programs: ['sudo', 'python3', 'curl'] })).toEqual({
    outcome: 'pass',
    summary: 'sudo, python3, curl',
  });
  expect(await check({ programs: ['python3', 'curl', 'apt-get'] })).toMatchObject({
    outcome: 'warn',
    summary: 'not here: sudo',
    fixes: [{ command: expect.stringMatching(/ sudo$/) }],
  });
});
