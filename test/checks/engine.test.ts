import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Fix } from 'zx-tasks';
import { checks as startChecks } from '../../tasks/checks/container-start.ts';
import { checks } from '../../tasks/checks/engine.ts';
import { tinyElf } from '../../tasks/lib/tiny-elf.ts';
import { checkOf, engineOf, probeOf, type Told } from '../helpers/probe.ts';

const installed = checkOf(checks, 'EN001');
const answers = checkOf(checks, 'EN002');
const rootful = checkOf(checks, 'EN003');
const starts = checkOf(startChecks, 'EN004');
const bridge = checkOf(startChecks, 'EN005');
const labels = '--label com.docker.compose.project=profiler --label io.tasks.check=/scratch';
const startCommand = `podman run --rm ${labels} --network none --rootfs /scratch:O /exit`;
const bridgeCommand = `podman run --rm ${labels} --rootfs /scratch:O /exit`;

test('an engine that prints its version is installed', async () => {
  expect(await installed({ programs: ['podman'], commands: { 'podman --version': 'podman version 4.3.1\n' } })).toEqual(
    {
      outcome: 'pass',
      summary: 'podman version 4.3.1',
    },
  );
});

test('without an engine, the package manager of the platform is named', async () => {
  const onDebian = await installed({ programs: ['apt-get'] });
  expect(onDebian.outcome).toBe('fail');
  expect(onDebian.fixes?.[0]).toMatchObject({
    command: expect.stringContaining('apt-get install -y -qq --no-install-recommends podman runc'),
  });
  const onMac = await installed({ programs: ['brew'], platform: 'darwin-arm64' });
  expect(onMac.fixes?.[0]).toMatchObject({ command: 'brew install podman podman-compose' });
});

test('on a Mac a podman that PATH does not find is named, and so is a Homebrew', async () => {
  const mac = { platform: 'darwin-arm64' } as const;
  expect(await installed({ ...mac, files: { '/opt/podman/bin/podman': '' } })).toMatchObject({
    outcome: 'fail',
    summary: '`podman` is in /opt/podman/bin, which is not on PATH',
    fixes: [{ command: 'export PATH="/opt/podman/bin:$PATH"', byHand: true }],
  });
  const brew = await installed({ ...mac, files: { '/opt/homebrew/bin/brew': '' } });
  expect(brew.fixes).toEqual([
    { about: expect.any(String), command: '/opt/homebrew/bin/brew install podman podman-compose' },
  ]);
  expect((await installed(mac)).fixes).toEqual([
    {
      about: 'install Podman and what it needs, once there is Homebrew (https://brew.sh)',
      command: 'brew install podman podman-compose',
      byHand: true,
    },
  ]);
  expect((await installed({ files: { '/usr/local/bin/podman': '' } })).summary).toContain('is on PATH');
});

const noContext = { 'docker context show': 'default\n' };

test('a docker client without a daemon anywhere is no engine', async () => {
  const bare: Told = { programs: ['docker', 'apt-get'], commands: noContext };
  expect(await installed(bare)).toMatchObject({
    outcome: 'fail',
    summary: 'only the docker client is installed, no engine',
    fixes: [{ command: expect.stringContaining('apt-get install -y -qq --no-install-recommends podman runc') }],
  });
});

test.each<[string, Told]>([
  ['its daemon is installed', { programs: ['docker', 'dockerd'] }],
  ['DOCKER_HOST names one', { programs: ['docker'], env: { DOCKER_HOST: 'ssh://build' } }],
  ['its socket is there', { programs: ['docker'], files: { '/var/run/docker.sock': '' } }],
  ['a context names one', { programs: ['docker'], commands: { 'docker context show': 'colima\n' } }],
  [
    'Docker Desktop is there',
    { platform: 'darwin-arm64', programs: ['docker'], files: { '/Applications/Docker.app': '' } },
  ],
])('a docker client is an engine when %s', async (_why, told) => {
  const commands = { ...told.commands, 'docker --version': 'Docker version 28.2.2, build e6534b4\n' };
  expect(await installed({ ...told, commands })).toEqual({
    outcome: 'pass',
    summary: 'Docker version 28.2.2, build e6534b4',
  });
});

test('an engine that cannot say its version is installed anew', async () => {
  const crashed = { code: null, problem: 'killed', stderr: 'Segmentation fault\n' } as const;
  const result = await installed({ programs: ['podman', 'dnf'], commands: { 'podman --version': crashed } });
  expect(result).toMatchObject({
    outcome: 'fail',
    summary: '`podman` is installed but does not run',
    cause: '`podman --version` was killed: Segmentation fault',
    fixes: [{ command: 'dnf install -y -q podman podman-compose' }],
  });
});

const noDaemon = {
  code: 1,
  stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
};

test('a Docker daemon is started by systemd where systemd runs, and else Podman is installed', async () => {
  const told: Told = { programs: ['docker', 'dockerd', 'apt-get'], commands: { 'docker info': noDaemon } };
  expect(await answers({ ...told, files: { '/run/systemd/system': '' } })).toMatchObject({
    summary: '`docker` does not answer',
    cause: `\`docker info\` ended with 1: ${noDaemon.stderr.trim()}`,
    fixes: [{ about: 'start the Docker daemon', command: 'systemctl start docker' }],
  });
  expect((await answers(told)).fixes).toMatchObject([{ about: 'install Podman and what it needs' }]);
});

test('when two engines are silent, both are named', async () => {
  const result = await answers({
    programs: ['podman', 'docker', 'dockerd', 'apt-get'],
    files: { '/run/systemd/system': '' },
    commands: {
      'podman info': { code: 125, stderr: 'Error: default OCI runtime "crun" not found: invalid argument\n' },
      'docker info': { stdout: 'Client:\n Version: 26.1.5\n' },
    },
  });
  expect(result).toMatchObject({
    summary: 'neither `podman` nor `docker` answers',
    cause:
      '`podman info` ended with 125: Error: default OCI runtime "crun" not found: invalid argument; `docker info` reports no server',
    fixes: [{ about: 'install Podman and what it needs' }, { command: 'systemctl start docker' }],
  });
});

test('an engine that answers and was not chosen is named, and not said to be silent', async () => {
  const told: Told = {
    programs: ['podman', 'docker', 'dockerd', 'apt-get'],
    commands: {
      'podman info': 'host:\n',
      // As Docker 20.10 says it.
      'docker info': {
        code: 1,
        stdout: 'Server:\nERROR: Cannot connect to the Docker daemon.\n',
        stderr: 'errors pretty printing info\n',
      },
    },
  };
  const env = { TASKS_ENGINE: 'docker' };
  expect(await answers({ ...told, env })).toEqual({
    outcome: 'fail',
    summary: '`docker` does not answer',
    cause:
      '`docker info` ended with 1: Cannot connect to the Docker daemon.; `podman` answers, but TASKS_ENGINE=docker leaves it out',
    fixes: [{ about: 'use podman', command: 'export TASKS_ENGINE=podman', byHand: true }],
  });
  expect(await answers({ ...told, files: { '/run/systemd/system': '' } })).toMatchObject({
    cause: expect.stringContaining('`podman` answers, but `--engine` leaves it out'),
    fixes: [{ command: 'systemctl start docker' }, { command: 'npx tasks doctor --engine=podman' }],
  });
  const dockerAnswers = { 'podman info': { code: 125 }, 'docker info': 'Server:\n Server Version: 26.1.5\n' };
  expect(await answers({ ...told, env: { TASKS_ENGINE: 'podman' }, commands: dockerAnswers })).toMatchObject({
    summary: '`podman` does not answer',
    fixes: [{ command: 'export TASKS_ENGINE=docker', byHand: true }],
  });
  expect((await answers({ ...told, env: { TASKS_ENGINE: 'dokcer' } })).cause).toContain('TASKS_ENGINE=dokcer');
});

test('one that was slow and answers when it is asked again has answered', async () => {
  const probe = probeOf({ programs: ['podman'], commands: { 'podman info': 'host:\n' } });
  const engine = vi.fn(probe.engine).mockResolvedValueOnce(undefined).mockResolvedValue(engineOf({}));
  const check = checks.find(({ id }) => id === 'EN002');
  expect(await check?.run({ ...probe, engine })).toEqual({ outcome: 'pass', summary: 'podman 4.3.1' });
});

test('an ordinary user installs through sudo, which never asks where nobody can answer', async () => {
  const quiet = await installed({ programs: ['apt-get'], uid: 1000 });
  expect(quiet.fixes?.[0]).toMatchObject({ command: expect.stringMatching(/^sudo -n sh -c '/) });
  const asking = await installed({ programs: ['apt-get'], uid: 1000, isTerminal: true });
  expect(asking.fixes?.[0]).toMatchObject({ command: expect.stringMatching(/^sudo sh -c '/) });
  const env = { https_proxy: 'http://proxy:3128', NO_PROXY: 'here', HTTP_PROXY: '' };
  const proxied = await installed({ programs: ['apt-get'], uid: 1000, env });
  expect(proxied.fixes?.[0], 'sudo drops what is not named').toMatchObject({
    command: expect.stringMatching(/^sudo -n --preserve-env=https_proxy,NO_PROXY sh -c '/),
  });
});

test('an engine that answers says its version, and a disguised docker is unmasked', async () => {
  expect(await answers({ engine: {} })).toEqual({ outcome: 'pass', summary: 'podman 4.3.1' });
  expect((await answers({ engine: { name: 'docker', version: '5.4.2', disguised: true } })).summary).toContain(
    'the `docker` command here is Podman',
  );
});

test('an engine that hangs is said to hang', async () => {
  const result = await answers({
    programs: ['podman'],
    commands: { 'podman info': { code: null, problem: 'timed-out', tookMs: 15_000 } },
  });
  expect(result).toMatchObject({
    outcome: 'fail',
    summary: '`podman` does not answer',
    cause: '`podman info` did not end within 15 s: it printed nothing',
  });
});

test.each<[string, Partial<Told>, string, readonly string[]]>([
  ['without a terminal', { programs: ['podman', 'sudo'] }, 'asks for a password', ['sudo -v']],
  [
    'on a terminal, where it has asked in vain',
    { programs: ['podman', 'sudo', 'apt-get'], isTerminal: true },
    'which refused',
    ['sudo -v', 'su - -c "usermod -aG sudo $(id -un)"'],
  ],
  [
    'where there is none',
    { programs: ['podman', 'dnf'], isTerminal: true },
    'which is not installed',
    ['su - -c "dnf install sudo && usermod -aG wheel $(id -un)"'],
  ],
  [
    'nor on Arch',
    { programs: ['podman', 'pacman'], isTerminal: true },
    'which is not installed',
    ['su - -c "pacman -S sudo && usermod -aG wheel $(id -un)"'],
  ],
  [
    'nor a package manager that is known',
    { programs: ['podman'], isTerminal: true },
    'which is not installed',
    ['su - -c "usermod -aG wheel $(id -un)"'],
  ],
])(
  'an ordinary user whom sudo does not let through is told so, %s, not that podman is broken',
  async (_where, told, said, commands) => {
    const result = await answers({ uid: 1000, commands: { 'sudo -n true': { code: 1 } }, ...told });
    expect(result.summary).toContain(said);
    expect(result.fixes?.map((fix) => 'command' in fix && fix.command)).toEqual(commands);
  },
);

test('why Podman is silent is asked as root where an ordinary user calls it so', async () => {
  const commands = {
    'sudo -n true': '',
    'sudo -n podman info': { code: 1, stderr: 'sudo: podman: command not found\n' },
  };
  const result = await answers({ uid: 1000, programs: ['podman', 'sudo'], commands });
  expect(result.cause).toBe('`sudo -n podman info` ended with 1: sudo: podman: command not found');
});

test('on a Mac a silent podman is mended by starting its machine', async () => {
  const result = await answers({
    platform: 'darwin-arm64',
    programs: ['podman'],
    commands: { 'podman info': { code: 125, stderr: 'a\nError: no\n' } },
  });
  expect(result).toMatchObject({
    cause: '`podman info` ended with 125: Error: no',
    fixes: [{ task: 'machine-start' }],
  });
});

test.each<[string, string, Partial<Told>]>([
  ['start Docker Desktop', 'open -a Docker && ', { commands: { 'docker context show': 'desktop-linux\n' } }],
  ['start Colima', 'colima start', { commands: { 'docker context show': 'colima\n' } }],
  ['start OrbStack', 'open -a OrbStack && ', { commands: { 'docker context show': 'orbstack\n' } }],
  [
    'start Colima',
    'colima start',
    { env: { DOCKER_HOST: 'unix:///Users/mara/.colima/default/docker.sock' }, commands: { 'docker context show': '' } },
  ],
])('on a Mac a silent docker is fixed by: %s', async (about, command, told) => {
  const { fixes } = await answers({
    platform: 'darwin-arm64',
    programs: ['docker'],
    files: { '/var/run/docker.sock': '' },
    ...told,
    commands: { 'docker info': noDaemon, ...told.commands },
  });
  expect(fixes).toEqual([{ about, command: expect.stringMatching(new RegExp(`^${command}`)) }]);
});

test('an application is waited for until its daemon answers', async () => {
  const { fixes } = await answers({
    platform: 'darwin-arm64',
    programs: ['docker'],
    files: { '/var/run/docker.sock': '' },
    commands: { 'docker info': noDaemon, 'docker context show': 'default\n' },
  });
  const folder = mkdtempSync(join(tmpdir(), 'docker-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const put = (name: string, script: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  put('open', 'echo "$@" > opened');
  put('docker', 'echo x >> asked; [ $(wc -l < asked) -gt 2 ]');
  put('sleep', '');
  const env = { PATH: `${folder}:${process.env.PATH}` };
  expect(
    spawnSync('/bin/sh', ['-c', fixes?.flatMap((fix) => ('command' in fix ? fix.command : []))[0] ?? 'exit 9'], {
      cwd: folder,
      env,
    }).status,
  ).toBe(0);
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('x\nx\nx\n');
  expect(readFileSync(join(folder, 'opened'), 'utf8')).toBe('-a Docker\n');
});

test('a rootless engine cannot load eBPF', async () => {
  expect(await rootful({ engine: { rootful: false } })).toMatchObject({
    outcome: 'fail',
    fixes: [{ command: 'sudo -v && npx tasks doctor' }],
  });
  const docker = { name: 'docker', rootful: false } as const;
  expect((await rootful({ engine: docker })).fixes, 'sudo would not change whom the command talks to').toMatchObject([
    { command: 'docker context use default && npx tasks doctor', byHand: true },
  ]);
  const env = { DOCKER_HOST: 'unix:///run/user/1000/docker.sock' };
  expect((await rootful({ engine: docker, env })).fixes).toMatchObject([
    { command: 'unset DOCKER_HOST && npx tasks doctor' },
  ]);
  expect((await rootful({ engine: {} })).outcome).toBe('pass');
});

test.each([
  ['crun: setrlimit `RLIMIT_NOFILE`: Operation not permitted', 'no CAP_SYS_RESOURCE'],
  ['OCI runtime error: crun: cgroups in hybrid mode not supported, drop all controllers', 'side by side'],
  ['Error: default OCI runtime "crun" not found: invalid argument', 'is not installed'],
  ['Error: something new', 'Error: something new'],
])('a container that does not start because of `%s` says why', async (stderr, why) => {
  const failed = { code: 126, stderr };
  const result = await starts({ engine: {}, commands: { [bridgeCommand]: failed, [startCommand]: failed } });
  expect(result.outcome).toBe('fail');
  expect(result.cause).toContain(why);
  expect(result.fixes).toEqual([{ about: expect.any(String), task: 'fix-runtime' }]);
});

test('a container that starts passes, with and without a network', async () => {
  expect((await starts({ engine: {}, commands: { [bridgeCommand]: '' } })).outcome).toBe('pass');
  const withoutNetwork = { [bridgeCommand]: { code: 126, stderr: 'netavark: no' }, [startCommand]: '' };
  expect((await starts({ engine: {}, commands: withoutNetwork })).outcome).toBe('pass');
  expect((await bridge({ engine: {}, commands: { [bridgeCommand]: '' } })).outcome).toBe('pass');
});

test('one container tells whether one starts and whether it has a network', async () => {
  const probe = probeOf({ engine: {}, commands: { [bridgeCommand]: '' } });
  const engine = await probe.engine();
  const run = vi.fn(probe.run);
  const shared = { ...probe, run, engine: async () => engine };
  for (const check of startChecks) expect((await check.run(shared)).outcome).toBe('pass');
  expect(run.mock.calls).toHaveLength(1);
});

test('a network that cannot be made names the packages that make it', async () => {
  const failed = { code: 126, stderr: 'Error: netavark: No such file or directory (os error 2)' };
  const result = await bridge({ engine: {}, programs: ['apt-get'], commands: { [bridgeCommand]: failed } });
  expect(result.cause).toBe('Error: netavark: No such file or directory (os error 2)');
  expect(result.fixes?.[0]).toMatchObject({ command: expect.stringContaining('netavark aardvark-dns iptables') });
});

test('docker is tried with an image built from nothing, which is removed again', async () => {
  const commands = {
    'env DOCKER_BUILDKIT=1 docker build -q -t localhost/tasks-check-start -f /scratch/Containerfile /scratch': 'id',
    [`docker run --rm ${labels} localhost/tasks-check-start`]: '',
    'docker rmi -f localhost/tasks-check-start': '',
  };
  expect((await starts({ engine: { name: 'docker', command: ['docker'] }, commands })).outcome).toBe('pass');
});

test('a docker command without the plug-in that builds is told to get it', async () => {
  const build =
    'env DOCKER_BUILDKIT=1 docker build -q -t localhost/tasks-check-start -f /scratch/Containerfile /scratch';
  const commands = {
    [build]: {
      code: 1,
      stderr:
        'ERROR: BuildKit is enabled but the buildx component is missing or broken.\n       Install the buildx component to build images with BuildKit:\n       https://docs.docker.com/go/buildx/\n',
    },
  };
  const told: Told = { engine: { name: 'docker', command: ['docker'] }, commands, programs: ['apt-get'] };
  expect(await starts(told)).toMatchObject({
    outcome: 'fail',
    cause: 'the docker command builds images with its plug-in buildx, which is not installed',
    fixes: [{ about: 'install buildx', command: expect.stringContaining('docker-buildx') }],
  });
  const onMac = await starts({
    ...told,
    platform: 'darwin-arm64',
    programs: ['brew'],
    commands: {
      ...commands,
      'docker info --format json': '{}',
    },
  });
  const home = mkdtempSync(join(tmpdir(), 'buildx-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  writeFileSync(join(home, 'brew'), '#!/bin/sh\n[ "$1" = install ] || echo /opt/homebrew/opt/"$2"\n', { mode: 0o755 });
  const env = { HOME: home, PATH: `${home}:${process.env.PATH}` };
  for (const [folder, own] of [
    ['.docker', {}],
    ['my config', { DOCKER_CONFIG: join(home, 'my config') }],
  ] as const) {
    spawnSync('sh', ['-c', commandOf(onMac.fixes?.[0])], { env: { ...env, ...own } });
    const plugin = join(home, folder, 'cli-plugins/docker-buildx');
    expect(readlinkSync(plugin), 'where the docker command looks').toBe(
      '/opt/homebrew/opt/docker-buildx/bin/docker-buildx',
    );
  }
});

function commandOf(fix: Fix | undefined): string {
  return fix !== undefined && 'command' in fix ? fix.command : '';
}

test('on a Mac the program that is tried is for the processor of the machine, not for that of Node', async () => {
  const commands = {
    'podman info --format json': JSON.stringify({ host: { arch: 'arm64' } }),
    'podman build -q -t localhost/tasks-check-start -f /scratch/Containerfile /scratch': 'id',
    [`podman run --rm ${labels} --network none localhost/tasks-check-start`]: '',
    'podman rmi -f localhost/tasks-check-start': '',
  };
  const told: Told = { platform: 'darwin-x64', engine: {}, commands };
  const probe = probeOf(told);
  const scratch = vi.fn(probe.scratch);
  const check = startChecks.find(({ id }) => id === 'EN004');
  expect((await check?.run({ ...probe, scratch }))?.outcome).toBe('pass');
  expect(scratch.mock.calls[0]?.[0]?.exit).toEqual(tinyElf('arm64'));
});

const buildCommand = 'podman build -q --network none -t localhost/tasks-check-build -f /scratch/Containerfile /scratch';
const withoutSysResource = { '/proc/self/status': 'CapBnd:\t000001fffeffffff\n' };

test('where root may not raise limits, and podman fits them to what it runs only, a build is tried too', async () => {
  const commands = { [bridgeCommand]: '', [buildCommand]: '', 'podman rmi -f localhost/tasks-check-build': '' };
  expect(await starts({ engine: {}, files: withoutSysResource, commands: { [bridgeCommand]: '' } })).toMatchObject({
    outcome: 'pass',
  });
  const engine = { version: '5.4.2' };
  expect(await starts({ engine, files: withoutSysResource, commands })).toMatchObject({ outcome: 'pass' });
  const refused = { code: 1, stderr: 'error setting rlimits for ready process: error setting rlimit type 7' };
  expect(
    await starts({ engine, files: withoutSysResource, commands: { ...commands, [buildCommand]: refused } }),
  ).toMatchObject({
    outcome: 'fail',
    summary: 'podman cannot build a container: ended with 1',
    cause: expect.stringContaining('CAP_SYS_RESOURCE'),
    fixes: [{ task: 'fix-runtime' }],
  });
});
