import { expect, test } from 'vitest';
import { checks as compose } from '../../tasks/checks/compose.ts';
import { checks as images } from '../../tasks/checks/images.ts';
import { checks as kernel } from '../../tasks/checks/kernel.ts';
import { checks as kernelTools } from '../../tasks/checks/kernel-tools.ts';
import { checks as port } from '../../tasks/checks/port.ts';
import { checks as resources } from '../../tasks/checks/resources.ts';
import { checks as testTools } from '../../tasks/checks/test-tools.ts';
import { checks as toolchain } from '../../tasks/checks/toolchain.ts';
import { checks as traceChecks } from '../../tasks/checks/traces.ts';
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
  const told = { engine: {}, commands: providers({ [command]: stdout }) };
  // An empty variable names no provider.
  for (const env of [{}, { TASKS_COMPOSE: '' }])
    expect(await checkOf(compose, 'CP001')({ ...told, env })).toEqual({ outcome: 'pass', summary });
});

test('a compose provider that is too old is said to be', async () => {
  const old = providers({ 'podman-compose version': 'podman-compose version 0.1.11\n' });
  expect(await checkOf(compose, 'CP001')({ engine: {}, commands: old })).toMatchObject({
    outcome: 'fail',
    summary: '`podman-compose` 0.1.11 is too old',
    fixes: [{ command: 'pipx install podman-compose' }],
  });
});

test('the first docker-compose is too old, also behind `podman compose`', async () => {
  const first = providers({ 'podman compose version': 'docker-compose version 1.29.2, build unknown\n' });
  expect((await checkOf(compose, 'CP001')({ engine: {}, commands: first })).summary).toBe(
    '`podman compose` 1.29.2 is too old',
  );
});

test('a podman-compose that cannot find the file as the README names it is a warning', async () => {
  const misplacing = providers({ 'podman-compose version': 'podman-compose version 1.3.0\npodman version 5.4.2\n' });
  expect(await checkOf(compose, 'CP001')({ engine: {}, commands: misplacing })).toMatchObject({
    outcome: 'warn',
    summary: '`podman-compose` 1.3.0, which needs the absolute path of the compose file',
    fixes: [{ command: expect.stringContaining('-f "$PWD/container/docker-compose.yml"') }, { byHand: true }],
  });
});

test('on a Mac, Docker Compose does not serve Podman, by whatever name it is called', async () => {
  const dockers = { 'podman compose version': 'Docker Compose version v2.40.3\n' };
  const told = { platform: 'darwin-arm64', programs: ['brew'], commands: providers(dockers) } as const;
  expect(await checkOf(compose, 'CP001')({ ...told, engine: {} })).toMatchObject({
    outcome: 'fail',
    summary: '`podman compose` is Docker Compose 2.40.3, which cannot start the profiler on Podman',
    fixes: [{ command: 'brew install podman-compose' }],
  });
  const ours = providers({ 'podman compose version': 'podman-compose version 1.5.0\n' });
  expect((await checkOf(compose, 'CP001')({ ...told, engine: {}, commands: ours })).outcome).toBe('pass');
  const onDocker = { 'docker compose version': 'Docker Compose version v2.40.3\n' };
  const docker = { name: 'docker', command: ['docker'] } as const;
  expect((await checkOf(compose, 'CP001')({ ...told, engine: docker, commands: onDocker })).outcome).toBe('pass');
});

test.each([
  ['apt-get', /apt-get install .*podman-compose/],
  ['dnf', /^dnf install -y -q podman-compose$/],
  ['pacman', /^pacman -S --noconfirm --needed podman-compose$/],
  ['apk', /^apk add -q podman-compose$/],
  ['pipx', /^pipx install podman-compose$/],
])('with %s on PATH, that installs it', async (manager, command) => {
  const result = await checkOf(compose, 'CP001')({ engine: {}, programs: [manager], commands: providers({}) });
  expect(result.fixes).toMatchObject([{ command: expect.stringMatching(command) }]);
});

test('without a compose provider, one is offered', async () => {
  const result = await checkOf(compose, 'CP001')({ engine: {}, programs: ['dnf'], commands: providers({}) });
  expect(result).toMatchObject({ outcome: 'fail', fixes: [{ command: 'dnf install -y -q podman-compose' }] });
});

const inspected = (engine: string) =>
  `${engine} image inspect --format {{.RepoTags}} ${baseImages.flatMap((image) => [image.official, image.bootstrapped]).join(' ')}`;
const listed = inspected('podman');
const nothingHere = {
  [listed]: { code: 125, stderr: 'Error: inspecting object: x: image not known' },
  ...Object.fromEntries(
    baseImages.map((image) => [`podman manifest inspect ${image.official}`, { code: 125, stderr: 'no such host' }]),
  ),
};

test('base images are here, are bootstrapped, or can be pulled', async () => {
  const [debian, node] = baseImages;
  const commands = {
    ...nothingHere,
    [listed]: { code: 125, stdout: `[${debian?.bootstrapped} localhost/also:1]\n` },
    [`podman manifest inspect ${node?.official}`]: '{}',
  };
  const result = await checkOf(images, 'IM001')({ engine: {}, commands });
  expect(result).toEqual({ outcome: 'pass', summary: `${debian?.bootstrapped}, ${node?.official} (to be pulled)` });
  const short = (name = '') => name.replace('docker.io/library/', '');
  const onDocker = { [inspected('docker')]: `[${short(debian?.official)}]\n[${short(node?.official)}]\n` };
  expect(
    await checkOf(images, 'IM001')({ engine: { name: 'docker', command: ['docker'] }, commands: onDocker }),
  ).toEqual({
    outcome: 'pass',
    summary: `${debian?.official}, ${node?.official}`,
  });
});

test('a base image that the caller names by its digest is asked for by that', async () => {
  const [debian, node] = baseImages;
  const digest = 'registry.example.org/debian@sha256:1f2e';
  const commands = { [listed]: `[${node?.official}]\n`, [`podman image inspect --format {{.Id}} ${digest}`]: 'id' };
  const env = { [debian?.buildArg ?? '']: digest };
  expect((await checkOf(images, 'IM001')({ engine: {}, env, commands })).summary).toBe(`${digest}, ${node?.official}`);
  const here = { [listed]: `[${debian?.official}]\n[${node?.official}]\n` };
  const empty = await checkOf(images, 'IM001')({ engine: {}, env: { [debian?.buildArg ?? '']: '' }, commands: here });
  expect(empty.summary, 'an empty variable names none').toBe(`${debian?.official}, ${node?.official}`);
});

test('where no registry answers, a Debian host makes the base images itself', async () => {
  const result = await checkOf(images, 'IM001')({ engine: {}, programs: ['apt-get'], commands: nothingHere });
  expect(result.outcome).toBe('fail');
  expect(result.fixes?.[0]).toMatchObject({ task: 'fix-base-images' });
  const elsewhere = await checkOf(images, 'IM001')({ engine: {}, commands: nothingHere });
  expect(elsewhere.fixes?.[0]).toMatchObject({ command: 'export DEBIAN_IMAGE=… NODE_IMAGE=…' });
});

test('on a Mac a registry that is not trusted is told as that, and how the machine comes to trust it', async () => {
  const stderr =
    'Error: pinging container registry: tls: failed to verify certificate: x509: certificate signed by unknown authority\n';
  const refused = { code: 125, stderr };
  const commands = Object.fromEntries(Object.keys(nothingHere).map((command) => [command, refused]));
  const told = { platform: 'darwin-arm64', engine: {}, commands } as const;
  const put = 'sudo tee /etc/pki/ca-trust/source/anchors/proxy.pem >/dev/null && sudo update-ca-trust';
  expect(await checkOf(images, 'IM001')(told)).toMatchObject({
    outcome: 'fail',
    summary: expect.stringContaining('certificate is not trusted in the Podman machine'),
    fixes: [
      { command: 'security find-certificate -a -p /Library/Keychains/System.keychain > ca.pem', byHand: true },
      { command: `podman machine ssh '${put}' < ca.pem`, byHand: true },
    ],
  });
  const env = { NODE_EXTRA_CA_CERTS: '/etc/corp.pem' };
  expect((await checkOf(images, 'IM001')({ ...told, env })).fixes).toMatchObject([
    { command: `podman machine ssh '${put}' < /etc/corp.pem` },
  ]);
  const withSpace = { NODE_EXTRA_CA_CERTS: '/Users/me/My Company/ca.pem' };
  expect((await checkOf(images, 'IM001')({ ...told, env: withSpace })).fixes).toMatchObject([
    { command: `podman machine ssh '${put}' < '/Users/me/My Company/ca.pem'` },
  ]);
  const empty = { NODE_EXTRA_CA_CERTS: '' };
  expect((await checkOf(images, 'IM001')({ ...told, env: empty })).fixes?.[1]).toMatchObject({
    command: `podman machine ssh '${put}' < ca.pem`,
  });
  expect((await checkOf(images, 'IM001')({ engine: {}, commands })).summary).toContain('does not answer');
  const own = 'registry.corp/debian:13';
  const asked = [`podman image inspect --format {{.Id}} ${own}`, `podman manifest inspect ${own}`];
  const ofOwn = Object.fromEntries(asked.map((command) => [command, refused]));
  const chosen = { ...told, env: { DEBIAN_IMAGE: own }, commands: { ...commands, ...ofOwn } };
  expect((await checkOf(images, 'IM001')(chosen)).summary).toContain(`\`${own}\` cannot be pulled`);
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

const containersListed = 'podman ps -a -q --no-trunc --filter label=com.docker.compose.project=profiler';

const held = { listening: [8080], engine: {} };
const publishers = (engine: string) =>
  `${engine} ps -a --filter status=running --filter status=paused --format {{.Names}} {{.Ports}}`;
const holderFrom = (root: string, state = 'running', engine = 'podman') => ({
  [publishers(engine)]: 'profiler-profiler-1 \nprofiler-app-1 127.0.0.1:8080->8080/tcp\n',
  [containersListed.replace('podman', engine)]: 'abc\n',
  [`${engine} inspect abc`]: JSON.stringify([
    {
      Id: 'abc',
      Name: 'profiler-app-1',
      Image: 'def',
      State: { Status: state, ExitCode: 0 },
      Config: {
        Image: 'localhost/profiler-app',
        Labels: { 'com.docker.compose.service': 'app', 'io.tasks.root': root },
      },
    },
  ]),
});
const byWhom = 'ss -H -ltnp sport = :8080';

test('the port is free, or ours', async () => {
  const portOf = checkOf(port, 'PT001');
  expect((await portOf({})).summary).toBe('127.0.0.1:8080 is free');
  expect((await portOf({ env: { APP_PORT: '9090' } })).summary).toBe('127.0.0.1:9090 is free');
  expect((await portOf({ ...held, commands: holderFrom('/project') })).summary).toBe(
    '127.0.0.1:8080 is served by profiler-app-1',
  );
  // One that is paused keeps its port, and `up` unpauses it.
  expect((await portOf({ ...held, commands: holderFrom('/project', 'paused') })).outcome).toBe('pass');
});

test('a port that is taken says by whom, and a stack of another checkout is named', async () => {
  const portOf = checkOf(port, 'PT001');
  const listening = 'LISTEN 0 511 *:8080 *:* users:(("node",pid=4711,fd=18))\n';
  expect(await portOf({ ...held, commands: { [publishers('podman')]: '', [byWhom]: listening } })).toMatchObject({
    outcome: 'fail',
    summary: '`node` (pid 4711) listens on 127.0.0.1:8080',
    fixes: [{ command: 'APP_PORT=8081 npx tasks up', byHand: true }],
  });
  expect((await portOf({ ...held, commands: { [publishers('podman')]: '', [byWhom]: '' } })).summary).toBe(
    'something else listens on 127.0.0.1:8080',
  );
  const ofUdp = { [publishers('podman')]: 'names 0.0.0.0:8080->8080/udp\n', [byWhom]: listening };
  expect((await portOf({ ...held, commands: ofUdp })).summary).toBe('`node` (pid 4711) listens on 127.0.0.1:8080');
  const onMac = { 'lsof -nP -iTCP:8080 -sTCP:LISTEN -Fpc': 'p123\ncControlCenter\n', [publishers('podman')]: '' };
  expect((await portOf({ ...held, platform: 'darwin-arm64', commands: onMac })).summary).toBe(
    '`ControlCenter` (pid 123) listens on 127.0.0.1:8080',
  );
  expect(await portOf({ ...held, commands: holderFrom('/other') })).toMatchObject({
    outcome: 'fail',
    summary: '127.0.0.1:8080 is served by the stack of /other',
    fixes: [{ command: 'cd /other && npx tasks down', byHand: true }],
  });
});

test('the stack that runs has the port on which it is published, and no other that APP_PORT names', async () => {
  const listening = 'LISTEN 0 5 127.0.0.1:9090 *:* users:(("python3",pid=4711,fd=3))\n';
  const commands = { ...holderFrom('/project'), 'ss -H -ltnp sport = :9090': listening };
  const told = { ...held, listening: [8080, 9090], env: { APP_PORT: '9090' }, commands };
  expect(await checkOf(port, 'PT001')(told)).toMatchObject({
    outcome: 'fail',
    summary: '`python3` (pid 4711) listens on 127.0.0.1:9090',
  });
});

test('a container that has the port is named with its engine, also where that is not the one which is used', async () => {
  const portOf = checkOf(port, 'PT001');
  const two: Told = { ...held, programs: ['podman', 'docker', 'dockerd'] };
  const docker = (root: string) => ({ [publishers('podman')]: '', ...holderFrom(root, 'running', 'docker') });
  expect(await portOf({ ...two, commands: docker('/project') })).toEqual({
    outcome: 'fail',
    summary: '127.0.0.1:8080 is served by the stack, which docker runs',
    cause: 'only one stack can run on a machine, and another engine has started it',
    fixes: [{ about: 'stop that one', command: 'npx tasks down --engine=docker', byHand: true }],
  });
  expect(await portOf({ ...two, commands: docker('/my other') })).toMatchObject({
    summary: '127.0.0.1:8080 is served by the stack of /my other, which docker runs',
    fixes: [{ command: "cd '/my other' && npx tasks down --engine=docker" }],
  });
  const web = 'web 0.0.0.0:8000-8090->8000-8090/tcp, [::]:8000-8090->8000-8090/tcp\n';
  const asRoot = 'sudo -n docker';
  const sudo = { name: 'podman', command: ['sudo', '-n', 'podman'] } as const;
  const commands = { [publishers('sudo -n podman')]: '', [publishers(asRoot)]: web };
  expect(await portOf({ ...two, uid: 1000, engine: sudo, commands })).toMatchObject({
    summary: '`web`, a container of docker, is published on 127.0.0.1:8080',
    fixes: [{ command: 'APP_PORT=8081 npx tasks up' }, { command: 'sudo -n docker stop web', byHand: true }],
  });
});

test('an APP_PORT that is no port is said to be none, and an empty one is as if it were not set', async () => {
  const portOf = checkOf(port, 'PT001');
  expect(await portOf({ env: { APP_PORT: '80a' } })).toMatchObject({
    summary: 'APP_PORT is `80a`, which is not a port number',
    fixes: [{ command: 'export APP_PORT=8080' }],
  });
  expect((await portOf({ env: { APP_PORT: '' } })).summary).toBe('127.0.0.1:8080 is free');
});

test('instead of a port that is taken one is named that is a port', async () => {
  const last = { env: { APP_PORT: '65535' }, listening: [65535], commands: { 'ss -H -ltnp sport = :65535': '' } };
  expect((await checkOf(port, 'PT001')(last)).fixes).toMatchObject([{ command: 'APP_PORT=65534 npx tasks up' }]);
});

test('traces must be writable: a folder that is missing is created, one of somebody else becomes yours', async () => {
  const refused = { code: 1, stderr: 'touch: setting times of: Permission denied\n' };
  const commands = {
    'env LC_ALL=C touch -c /project': '',
    'env LC_ALL=C touch -c /project/container/traces': refused,
  };
  const traces = (told: Told) => checkOf(traceChecks, 'TR001')({ commands, ...told });
  expect((await traces({ writable: ['/project/container/traces'] })).outcome).toBe('pass');
  expect(await traces({ uid: 1000 })).toMatchObject({
    summary: 'container/traces is missing',
    fixes: [{ command: 'mkdir -p container/traces' }],
  });
  const ofRoot = { uid: 1000, files: { '/project/container/traces': '' } };
  expect(await traces({ ...ofRoot, isTerminal: true })).toMatchObject({
    summary: 'container/traces belongs to another user',
    fixes: [{ command: "sudo sh -c 'chown -R 1000:1000 container/traces'" }],
  });
  expect((await traces(ofRoot)).fixes).toMatchObject([
    { command: "sudo -n sh -c 'chown -R 1000:1000 container/traces'" },
  ]);
});

test('traces in a checkout that is mounted read-only are nobody else’s', async () => {
  const refused = { code: 1, stderr: "touch: setting times of '/': Read-only file system\n" };
  const commands = {
    'env LC_ALL=C touch -c /my project': refused,
    'env LC_ALL=C touch -c /my project/container/traces': refused,
  };
  for (const files of [{}, { '/my project/container/traces': '' }])
    expect(await checkOf(traceChecks, 'TR001')({ root: '/my project', commands, files })).toMatchObject({
      outcome: 'fail',
      summary: '/my project is on a file system that is mounted read-only',
      fixes: [{ command: "cp -R '/my project' ~/", byHand: true }],
    });
});

test.each([
  [10 * GIB, 'pass'],
  [3 * GIB, 'warn'],
  [GIB / 2, 'fail'],
])('%d free bytes on the disk: %s', async (freeBytes, outcome) => {
  expect((await checkOf(resources, 'DK001')({ freeBytes })).outcome).toBe(outcome);
});

test.each([
  [10 * GIB, 'pass', '10.0 GiB free, 10.0 in the machine'],
  [3 * GIB, 'warn', '10.0 GiB free, 3.0 in the machine, 4 are recommended'],
  [GIB / 2, 'fail', '10.0 GiB free, 0.5 in the machine, 4 are recommended'],
])('%d free bytes in a Mac’s machine: %s', async (inside, outcome, summary) => {
  const store = { graphRootAllocated: 100 * GIB, graphRootUsed: 100 * GIB - inside };
  const commands = { 'podman info --format json': JSON.stringify({ store }) };
  const disk = checkOf(resources, 'DK001');
  const mac = { platform: 'darwin-arm64', freeBytes: 10 * GIB } as const;
  expect(await disk({ ...mac, engine: {}, commands })).toMatchObject({ outcome, summary });
  expect((await disk(mac)).summary).toBe('10.0 GiB free');
});

test.each([
  [10 * GIB, 'pass', '10.0 GiB free'],
  [GIB / 2, 'fail', '10.0 GiB free, 0.5 where the engine keeps images, 4 are recommended'],
])('%d free bytes on the disk on which Podman keeps images: %s', async (there, outcome, summary) => {
  const store = { graphRootAllocated: 100 * GIB, graphRootUsed: 100 * GIB - there };
  const commands = { 'podman info --format json': JSON.stringify({ store }) };
  expect(await checkOf(resources, 'DK001')({ freeBytes: 10 * GIB, engine: {}, commands })).toMatchObject({
    outcome,
    summary,
  });
});

test.each([
  [
    'a full one',
    { '/project': 10 * GIB, '/srv/docker': GIB / 2 },
    'fail',
    '10.0 GiB free, 0.5 where the engine keeps images, 4 are recommended',
  ],
  ['one of a machine, which is not to be seen,', { '/project': 10 * GIB }, 'pass', '10.0 GiB free'],
])('%s on which Docker keeps images', async (_what, freeBytes, outcome, summary) => {
  const commands = { 'docker info --format json': JSON.stringify({ DockerRootDir: '/srv/docker' }) };
  const docker = { engine: { name: 'docker', command: ['docker'] }, commands } as const;
  const disk = checkOf(resources, 'DK001');
  expect(await disk({ ...docker, freeBytes })).toMatchObject({ outcome, summary });
  expect(
    await disk({ ...docker, freeBytes: { '/srv/docker': 1, '/project': 10 * GIB }, platform: 'darwin-arm64' }),
  ).toMatchObject({
    outcome: 'pass',
  });
});

test('a host without the eBPF toolchain is warned, not failed', async () => {
  const check = checkOf(toolchain, 'TC001');
  const files = { '/usr/include/bpf/bpf_helpers.h': '' };
  const commands = {
    'clang --version': 'Debian clang version 14.0.6\nTarget: x\n',
    'llvm-strip --version': 'LLVM version 14.0.6',
    'bpftool version': 'v7.1.0',
  };
  const pass = { outcome: 'pass', summary: 'Debian clang version 14.0.6' };
  expect(await check({ commands, files })).toEqual(pass);
  expect(await check({ commands, files, env: { CLANG: '', LLVM_STRIP: '', BPFTOOL: '' } })).toEqual(pass);
  const onlyRoots = { ...commands, 'bpftool version': notFound, '/usr/sbin/bpftool version': 'v7.1.0' };
  expect(await check({ commands: onlyRoots, files })).toEqual(pass);
  const bare = await check({
    programs: ['apt-get'],
    commands: {
      'clang --version': notFound,
      'llvm-strip --version': notFound,
      'bpftool version': notFound,
      '/usr/sbin/bpftool version': notFound,
    },
  });
  expect(bare).toMatchObject({
    outcome: 'warn',
    summary: 'not installed: clang, llvm-strip, bpftool, bpf/bpf_helpers.h',
  });
  const old = await check({ commands: { ...commands, 'clang --version': 'clang version 11.0.1' }, files });
  expect(old.summary).toBe('not installed: clang >=14');
});

test('what only the tests call is a warning, with the packages that are missing', async () => {
  const check = checkOf(testTools, 'TC002');
  expect(await check({ programs: ['sudo', 'python3', 'curl', 'nginx', 'zsh', 'fish', 'clang-format'] })).toEqual({
    outcome: 'pass',
    summary: 'sudo, python3, curl, nginx, zsh, fish, clang-format',
  });
  const programs = ['python3', 'curl', 'zsh', 'apt-get'];
  expect(await check({ programs, files: { '/usr/sbin/nginx': '' } })).toMatchObject({
    outcome: 'warn',
    summary: 'not installed: sudo, fish, clang-format',
    fixes: [{ command: expect.stringMatching(/ --no-install-recommends sudo fish clang-format /) }],
  });
});

test.each([
  ['8388608', 'pass'],
  ['1048576', 'warn'],
  ['262144', 'fail'],
])('%s KiB of free memory: %s', async (kib, outcome) => {
  const files = { '/proc/meminfo': `MemTotal: 99 kB\nMemAvailable:   ${kib} kB\n` };
  expect((await checkOf(resources, 'MM001')({ files })).outcome).toBe(outcome);
});

test('what the system does not tell is never well', async () => {
  expect((await checkOf(resources, 'DK001')({})).outcome).toBe('could-not-check');
  expect((await checkOf(resources, 'MM001')({})).outcome).toBe('could-not-check');
});

test('what boots a kernel is found where root keeps it too, and the rest is offered', async () => {
  const programs = ['qemu-system-x86_64', 'ld.lld', 'cpio', 'xz', 'zstd', 'apt-get'];
  const all = {
    programs: [...programs, 'qemu-system-aarch64'],
    files: { '/usr/sbin/mke2fs': '', '/usr/share/keyrings/debian-archive-keyring.gpg': '' },
  };
  expect((await checkOf(kernelTools, 'TC003')(all)).outcome).toBe('pass');
  const files = { '/usr/sbin/mke2fs': '' };
  expect(await checkOf(kernelTools, 'TC003')({ programs, files })).toEqual({
    outcome: 'warn',
    summary: 'not installed: qemu-system-aarch64, /usr/share/keyrings/debian-archive-keyring.gpg',
    cause: 'only `npx tasks kernels` needs them',
    fixes: [
      {
        about: 'install the tools that boot a kernel',
        command: expect.stringMatching(/apt-get install .* qemu-system-arm debian-archive-keyring\b/),
      },
    ],
  });
});
