/** Does the engine, the kernel, the Mac fit? Each check failing for its own cause, and passing. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { CheckOutcome, Ran } from 'zx-tasks';
import { checks as engine } from '../../tasks/checks/engine-fit.ts';
import { checks as rights } from '../../tasks/checks/kernel-rights.ts';
import { checks as leftovers } from '../../tasks/checks/leftovers.ts';
import { checks as host } from '../../tasks/checks/machine-host.ts';
import { checks as network } from '../../tasks/checks/network.ts';
import { checks as folder } from '../../tasks/checks/shared-folder.ts';
import { checkOf, type Told } from '../helpers/probe.ts';

const info = (host: object) => ({ 'podman info --format json': JSON.stringify({ host }) });
const mac = { platform: 'darwin-arm64', programs: ['podman'] } as const;

const askForCapabilities = 'docker create --pull never --cap-add BPF --cap-add PERFMON localhost/tasks-check-none';

test.each<[string, 'podman' | 'docker', string, CheckOutcome]>([
  ['the tested ones', 'podman', '4.3.1', 'pass'],
  ['', 'podman', '6.0.0', 'pass'],
  ['one that nobody tested', 'podman', '4.1.0', 'warn'],
  ['one that cannot work', 'podman', '3.4.4', 'fail'],
  ['', 'docker', '26.1.5', 'pass'],
  ['', 'docker', '20.10.24', 'warn'],
  ['', 'docker', '19.3.0', 'fail'],
])('EN006 %s: %s %s gives %s', async (_what, name, version, outcome) => {
  const noImage = { code: 1, stderr: 'Error: No such image: localhost/tasks-check-none' };
  const commands = { ...info({}), 'docker info --format json': '{}', [askForCapabilities]: noImage };
  const told: Told = { engine: { name, version, command: [name] }, commands, programs: ['apt-get'] };
  expect((await checkOf(engine, 'EN006')(told)).outcome).toBe(outcome);
});

test('EN006: a Docker that does not know the profiler’s capabilities cannot work, and Podman is offered', async () => {
  const refused = {
    code: 1,
    stderr:
      'Error response from daemon: invalid CapAdd: unknown capability: "CAP_BPF"\n\nRun \'docker create --help\' for more information\n',
  };
  const commands = { 'docker info --format json': '{}', [askForCapabilities]: refused };
  const docker = { name: 'docker', version: '20.10.24+dfsg1', command: ['docker'] } as const;
  expect(await checkOf(engine, 'EN006')({ engine: docker, commands, programs: ['apt-get'] })).toMatchObject({
    outcome: 'fail',
    summary: 'docker 20.10.24+dfsg1 does not know CAP_BPF and CAP_PERFMON',
    fixes: [{ command: expect.stringContaining('podman-compose') }],
  });
  const told: Told = { engine: docker, commands, programs: ['apt-get'] };
  const env = { TASKS_ENGINE: 'docker' };
  expect((await checkOf(engine, 'EN006')({ ...told, env })).fixes, 'a variable still names Docker').toMatchObject([
    { command: expect.stringContaining('podman-compose') },
    { command: 'export TASKS_ENGINE=podman', byHand: true },
  ]);
  const programs = ['apt-get', 'podman'];
  expect((await checkOf(engine, 'EN006')({ ...told, programs })).fixes, 'Podman is here').toMatchObject([
    { command: 'npx tasks doctor --engine=podman', byHand: true },
  ]);
});

test('EN006: on an Ubuntu whose Podman stays too old, Docker is offered', async () => {
  const old: Told = { engine: { version: '3.4.4' }, commands: info({}), programs: ['apt-get'] };
  expect((await checkOf(engine, 'EN006')(old)).fixes).toMatchObject([{ command: expect.stringMatching(/ podman /) }]);
  const files = { '/etc/os-release': 'NAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\nID_LIKE=debian\n' };
  expect((await checkOf(engine, 'EN006')({ ...old, files, uid: 1000, isTerminal: true })).fixes).toMatchObject([
    {
      command:
        "sudo sh -c 'apt-get update && apt-get install docker.io docker-buildx docker-compose-v2' && npx tasks test --engine=docker",
      byHand: true,
    },
  ]);
});

const hybrid = { '/sys/fs/cgroup/unified/cgroup.controllers': '' };

test('EN007: crun does not fit a host with both cgroups, runc does', async () => {
  const runtime = checkOf(engine, 'EN007');
  const crun = info({ ociRuntime: { name: 'crun' }, cgroupVersion: 'v1' });
  expect(await runtime({ engine: {}, commands: crun, files: hybrid })).toMatchObject({
    outcome: 'warn',
    fixes: [{ task: 'fix-runtime' }],
  });
  expect(await runtime({ engine: {}, commands: crun })).toEqual({ outcome: 'pass', summary: 'crun' });
  const runc = info({ ociRuntime: { name: 'runc' }, cgroupVersion: 'v1' });
  expect(await runtime({ engine: {}, commands: runc, files: hybrid })).toEqual({ outcome: 'pass', summary: 'runc' });
});

test('EN008: Podman 6 does not run on cgroups v1, older ones do', async () => {
  const cgroups = checkOf(engine, 'EN008');
  expect(await cgroups({ engine: { version: '6.0.0' }, commands: info({ cgroupVersion: 'v1' }) })).toMatchObject({
    outcome: 'fail',
    summary: 'Podman 6.0.0 on cgroups v1',
  });
  expect((await cgroups({ engine: { version: '6.0.0' }, commands: info({ cgroupVersion: 'v2' }) })).outcome).toBe(
    'pass',
  );
  expect((await cgroups({ engine: {}, commands: info({ cgroupVersion: 'v1' }) })).outcome).toBe('pass');
});

test('the recorded `info` of podman and docker are read alike', async () => {
  const recorded = (name: string) => readFileSync(resolve('test/fixtures', name), 'utf8');
  const podman = { 'podman info --format json': recorded('podman-4.3.1-linux-root-info.json') };
  expect((await checkOf(engine, 'EN007')({ engine: {}, commands: podman })).summary).toBe('crun');
  expect((await checkOf(rights, 'KN005')({ engine: {}, commands: podman })).outcome).toBe('pass');
  const docker = { 'docker info --format json': recorded('docker-engine-26.1.5-info.json') };
  const told: Told = { engine: { name: 'docker', version: '26.1.5', command: ['docker'] }, commands: docker };
  expect((await checkOf(engine, 'EN007')(told)).summary).toBe('runc');
  expect((await checkOf(engine, 'EN008')(told)).summary).toBe('cgroups v1');
  expect((await checkOf(rights, 'KN005')(told)).outcome).toBe('pass');
});

test('an engine that says nothing any more was not checked', async () => {
  const commands = { 'podman info --format json': { code: 125 } };
  for (const id of ['EN006', 'EN007', 'EN008'])
    expect((await checkOf(engine, id)({ engine: {}, commands })).outcome).toBe('could-not-check');
});

const status = (text: string): Told => ({ files: { '/proc/self/status': text } });

test('KN003: CAP_SYS_ADMIN, or CAP_BPF with CAP_PERFMON, must be in reach', async () => {
  const capabilities = checkOf(rights, 'KN003');
  expect((await capabilities(status('CapBnd:\t000001fffeffffff\n'))).outcome).toBe('pass');
  expect((await capabilities(status('CapBnd:\t000000c000000000\n'))).outcome).toBe('pass');
  expect((await capabilities(status('CapBnd:\t0000000000200000\n'))).outcome).toBe('pass');
  expect((await capabilities(status('CapBnd:\t00000000a80425fb\n'))).outcome).toBe('fail');
  expect((await capabilities(status('CapBnd:\t0000008000000000\n'))).outcome).toBe('fail');
  expect((await capabilities(status('CapBnd:\t0000004000000000\n'))).outcome).toBe('fail');
  expect((await capabilities({})).outcome).toBe('could-not-check');
});

test('KN004: a seccomp filter is asked whether it minds bpf()', async () => {
  const seccomp = checkOf(rights, 'KN004');
  const asked = 'bpftool prog show';
  expect((await seccomp(status('Seccomp:\t0\n'))).outcome).toBe('pass');
  const filtered = status('Seccomp:\t2\n');
  expect((await seccomp({ ...filtered, commands: { [asked]: '' } })).outcome).toBe('pass');
  const refused = { code: 255, stderr: "Error: can't get next program: Operation not permitted\n" };
  expect(await seccomp({ ...filtered, commands: { [asked]: refused } })).toMatchObject({
    outcome: 'fail',
    cause: "`bpftool prog show`: Error: can't get next program: Operation not permitted",
  });
  const missing = { code: null, problem: 'not-found' } as const;
  expect((await seccomp({ ...filtered, commands: { [asked]: missing } })).outcome).toBe('warn');
});

test('KN005: the kernel under the containers must have a ring buffer', async () => {
  const kernel = checkOf(rights, 'KN005');
  expect(await kernel({ engine: {}, commands: info({ kernel: '6.12.7-200.fc41.aarch64' }) })).toEqual({
    outcome: 'pass',
    summary: '6.12.7-200.fc41.aarch64',
  });
  const old = { engine: {}, commands: info({ kernel: '5.4.0-42-generic' }) };
  expect(await kernel(old)).toMatchObject({ outcome: 'fail', summary: 'the kernel is 5.4.0-42-generic' });
  expect((await kernel({ ...mac, ...old })).fixes).toMatchObject([{ byHand: true }]);
  expect((await kernel({ engine: {}, commands: info({ kernel: 'new' }) })).outcome).toBe('could-not-check');
});

const six = { 'podman --version': 'podman version 6.0.0\n' };
const five = { 'podman --version': 'podman version 5.8.6\n' };
const none = { 'podman machine list --format json': '[]' };

test('PM005: the default provider of Podman 6 needs krunkit', async () => {
  const provider = checkOf(host, 'PM005');
  expect(await provider({ ...mac, commands: { ...six, ...none } })).toMatchObject({
    outcome: 'fail',
    summary: 'krunkit is not installed',
    fixes: [
      { command: 'brew install krunkit' },
      { command: 'export CONTAINERS_MACHINE_PROVIDER=applehv', byHand: true },
    ],
  });
  const installed = { programs: ['podman', 'krunkit'] };
  const says = (answer: string | Partial<Ran>, path = '/usr/bin/krunkit') => ({
    ...six,
    ...none,
    [`${path} --version`]: answer,
  });
  const fits = says('krunkit 1.3.2\n');
  expect((await provider({ ...mac, ...installed, commands: fits })).outcome).toBe('pass');
  const byInstaller = { files: { '/opt/podman/bin/krunkit': '' } };
  const there = says('krunkit 1.2.1\n', '/opt/podman/bin/krunkit');
  expect((await provider({ ...mac, ...byInstaller, commands: there })).outcome).toBe('pass');
  expect(await provider({ ...mac, ...installed, commands: says('krunkit 1.1.1\n') })).toMatchObject({
    outcome: 'fail',
    summary: 'krunkit 1.1.1 is too old for Podman 6: >=1.2.1 is needed',
    fixes: [{ command: 'brew upgrade krunkit' }, { byHand: true }],
  });
  const crashed = { code: null, problem: 'killed', stderr: 'dyld: Library not loaded: libepoxy.0.dylib\n' } as const;
  expect(await provider({ ...mac, ...installed, commands: says(crashed) })).toMatchObject({
    summary: 'krunkit does not run: it was killed (dyld: Library not loaded: libepoxy.0.dylib)',
    fixes: [{ command: 'brew reinstall krunkit' }, { byHand: true }],
  });
  expect((await provider({ ...mac, commands: { ...five, ...none } })).summary).toBe('applehv');
  const chosen = { env: { CONTAINERS_MACHINE_PROVIDER: 'applehv' } };
  expect((await provider({ ...mac, ...chosen, commands: six })).summary).toBe('applehv');
});

test('PM005: a machine that exists keeps the provider that it was made with', async () => {
  const commands = {
    ...six,
    'podman machine list --format json': '[{"Name":"m","VMType":"applehv","Running":true,"Memory":"1"}]',
    'podman machine inspect m': '[{"Name":"m","Rootful":true}]',
  };
  expect((await checkOf(host, 'PM005')({ ...mac, commands })).summary).toBe('applehv');
});

test('PM006: Podman 6 leaves Macs with Intel processors behind', async () => {
  const processor = checkOf(host, 'PM006');
  const intel = { 'sysctl -n hw.optional.arm64': { code: 1, stderr: 'sysctl: unknown oid' } };
  expect((await processor({ ...mac, platform: 'darwin-x64', commands: { ...six, ...intel } })).outcome).toBe('fail');
  expect((await processor({ ...mac, platform: 'darwin-x64', commands: { ...five, ...intel } })).outcome).toBe('pass');
  const byRosetta = { ...six, 'sysctl -n hw.optional.arm64': '1\n' };
  expect(await processor({ ...mac, platform: 'darwin-x64', commands: byRosetta })).toEqual({
    outcome: 'pass',
    summary: 'Apple silicon, with a Node for Intel processors',
  });
  expect((await processor({ ...mac, commands: six })).summary).toBe('Apple silicon');
});

test('PM007: a Mac without a hypervisor, such as a CI runner, is told so', async () => {
  const hypervisor = checkOf(host, 'PM007');
  const asked = 'sysctl -n kern.hv_support';
  expect((await hypervisor({ ...mac, commands: { [asked]: '1\n' } })).outcome).toBe('pass');
  expect((await hypervisor({ ...mac, commands: { [asked]: '0\n' } })).outcome).toBe('fail');
  const unknown = { code: 1, stderr: 'sysctl: unknown oid' };
  expect((await hypervisor({ ...mac, commands: { [asked]: unknown } })).outcome).toBe('fail');
  expect((await hypervisor({ ...mac, pretended: true, commands: { [asked]: unknown } })).outcome).toBe('skip');
});

test('SF001: the machine sees the home folder, and neither /tmp nor /Volumes', async () => {
  const shared = checkOf(folder, 'SF001');
  const at = (root: string, version = five) =>
    shared({ ...mac, root, commands: { ...version, ...none }, env: { HOME: '/Users/mara' } });
  expect((await at('/Users/mara/shop')).outcome).toBe('pass');
  expect((await at('/private/tmp/shop')).outcome).toBe('pass');
  expect(await at('/tmp/shop')).toMatchObject({
    outcome: 'fail',
    fixes: [{ command: 'cd /private/tmp/shop', byHand: true }],
  });
  expect((await at('/Volumes/disk/shop')).outcome).toBe('fail');
  const old = { 'podman --version': 'podman version 4.3.1\n' };
  expect((await at('/private/tmp/shop', old)).outcome).toBe('fail');
  expect((await at('/Users/mara/shop', old)).outcome).toBe('pass');
  expect((await shared({ ...mac, pretended: true, commands: five })).outcome).toBe('skip');
});

test('SF001: a machine sees the folders that it was made with', async () => {
  const commands = {
    'podman machine list --format json': '[{"Name":"m","VMType":"applehv","Running":true,"Memory":"1"}]',
    'podman machine inspect m': '[{"Name":"m","Rootful":true,"ConfigDir":{"Path":"/records"}}]',
    ...five,
  };
  const mount = (path: string, more = {}) => ({ Source: path, Target: path, Type: 'virtiofs', ...more });
  const Mounts = [
    mount('/Users'),
    mount('/Volumes/code'),
    mount('/opt', { ReadOnly: true }),
    mount('/a', { Target: '/b' }),
  ];
  const at = (root: string, record = JSON.stringify({ Mounts })) =>
    checkOf(folder, 'SF001')({ ...mac, root, commands, files: { '/records/m.json': record } });
  expect((await at('/Volumes/code/shop')).outcome).toBe('pass');
  expect(await at('/private/tmp/shop')).toMatchObject({
    outcome: 'fail',
    cause: 'only /Users, /Volumes/code are shared, so containers would mount an empty folder or none',
  });
  const elsewhere = JSON.stringify({ Mounts: [mount('/Volumes/code')] });
  expect((await at('/private/tmp/shop', elsewhere)).fixes).toMatchObject([
    { command: 'mv /private/tmp/shop /Volumes/code/' },
  ]);
  expect((await at('/tmp/shop', elsewhere)).fixes).toMatchObject([{ command: 'mv /tmp/shop /Volumes/code/' }]);
  for (const root of ['/opt/shop', '/a/shop']) expect((await at(root)).outcome).toBe('fail');
  expect((await at('/Users/mara', '{"Mounts":[]}')).cause).toContain('no folder is');
  for (const record of ['{', '{}', 'null']) expect((await at('/private/tmp/shop', record)).outcome).toBe('pass');
});

const valid = readFileSync(resolve('test/fixtures/certificates/valid.pem'), 'utf8');
const expired = readFileSync(resolve('test/fixtures/certificates/expired.pem'), 'utf8');

test('CA001: the certificate authority of a proxy must be there, in PEM, and valid', async () => {
  const ca = checkOf(network, 'CA001');
  const named = (text: string | undefined): Told => ({
    env: { NODE_EXTRA_CA_CERTS: '/etc/corp.pem' },
    ...(text === undefined ? {} : { files: { '/etc/corp.pem': text } }),
    commands: { 'date +%s': '1790000000\n' },
  });
  const asked = 'npm config get cafile';
  expect((await ca({ commands: { [asked]: 'null\n' } })).summary).toBe('none is set');
  expect((await ca({ commands: { [asked]: { code: null, problem: 'not-found' } } })).summary).toBe('none is set');
  expect((await ca(named(valid))).outcome).toBe('pass');
  expect((await ca(named(undefined))).summary).toBe('NODE_EXTRA_CA_CERTS names /etc/corp.pem, which cannot be read');
  expect((await ca(named('hello'))).outcome).toBe('fail');
  expect((await ca(named('hello'))).summary).toContain('contains no PEM certificate');
  expect((await ca(named(expired))).summary).toContain('has expired');
  const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  expect((await ca(named(damaged))).summary).toContain('contains a damaged certificate');
  const renewed = `${expired}${valid}`;
  expect((await ca(named(renewed))).outcome, 'the authority that has replaced the expired one is there').toBe('pass');
  const inNpmrc: Told = { commands: { [asked]: '/etc/npm.pem\n' } };
  expect((await ca(inNpmrc)).summary).toBe('npm_config_cafile names /etc/npm.pem, which cannot be read');
});

const oneMachine = {
  'podman machine list --format json': '[{"Name":"m","Running":true,"Memory":"1"}]',
  'podman machine inspect m': '[{"Name":"m","Rootful":true}]',
  'date +%s': '1790000000\n',
};

test.each<[string, CheckOutcome]>([
  ['1790000002', 'pass'],
  ['1789999940', 'warn'],
  ['1789990000', 'fail'],
])('CK001: a machine whose clock says %s at 1790000000: %s', async (inside, outcome) => {
  const commands = { ...oneMachine, 'podman machine ssh m date +%s': `${inside}\n` };
  expect((await checkOf(network, 'CK001')({ ...mac, commands })).outcome).toBe(outcome);
});

test('CK001: a machine that cannot be asked was not checked', async () => {
  const commands = { ...oneMachine, 'podman machine ssh m date +%s': { code: 255 } };
  expect(await checkOf(network, 'CK001')({ ...mac, commands })).toMatchObject({
    outcome: 'could-not-check',
    cause: '`podman machine ssh m date +%s` ended with 255',
  });
});

const listed = 'podman ps -a -q --no-trunc --filter label=com.docker.compose.project=profiler';
const container = (root: string, state: string) => ({
  [listed]: 'abc\n',
  'podman inspect abc': JSON.stringify([
    {
      Id: 'abc',
      Name: 'profiler-app-1',
      Image: 'def',
      State: { Status: state, ExitCode: 3 },
      Config: { Image: 'x', Labels: { 'com.docker.compose.service': 'app', 'io.tasks.root': root } },
    },
  ]),
});

const everyOne = 'podman ps -a --no-trunc --format {{.ID}} {{.Names}}';

test('ST001: ended containers and an empty network are left over; another checkout’s and others’ are named, not touched', async () => {
  const left = checkOf(leftovers, 'ST001');
  const on = (commands: Told['commands']) => left({ engine: {}, commands: { [everyOne]: '', ...commands } });
  const noNetwork = { 'podman network inspect profiler_default': { code: 1 } };
  expect((await on({ [listed]: '', ...noNetwork })).outcome).toBe('pass');
  expect((await on(container('/project', 'running'))).summary).toBe('the stack is running');
  expect(await on(container('/project', 'exited'))).toMatchObject({
    outcome: 'warn',
    summary: 'left over: profiler-app-1 (exited, code 3)',
    fixes: [{ task: 'down' }],
  });
  expect(await on({ [listed]: '', 'podman network inspect profiler_default': '[]' })).toMatchObject({
    summary: 'left over: the network profiler_default',
    fixes: [{ task: 'down' }],
  });
  expect(await on(container('/other', 'exited'))).toMatchObject({
    outcome: 'warn',
    summary: '`profiler-app-1` belongs to /other',
    fixes: [{ command: 'cd /other && npx tasks down', byHand: true }],
  });
  expect(await on({ [listed]: '', [everyOne]: 'ghi web\njkl profiler-app-1\n' })).toMatchObject({
    outcome: 'warn',
    summary: 'a container that is not of the stack is called `profiler-app-1`',
    fixes: [{ command: 'podman rename profiler-app-1 other-profiler-app-1', byHand: true }],
  });
  const ours = { ...container('/project', 'running'), [everyOne]: 'abc profiler-app-1\n' };
  expect((await on(ours)).summary).toBe('the stack is running');
});
