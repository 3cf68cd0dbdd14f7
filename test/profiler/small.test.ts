/** The profiler's small pure parts: addresses, times, sampling, losses, rights, the status file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatIp, formatUnixPath } from '../../container/profiler/src/addresses.ts';
import { createClock, formatMs, formatTime } from '../../container/profiler/src/clock.ts';
import { BpfError, isFull } from '../../container/profiler/src/errors.ts';
import * as layout from '../../container/profiler/src/layout.ts';
import { Losses } from '../../container/profiler/src/losses.ts';
import { explainRefusal, readIsRemapped, readLabel, readRights } from '../../container/profiler/src/refusal.ts';
import { isSampled } from '../../container/profiler/src/sample.ts';
import { openStatus } from '../../container/profiler/src/status.ts';

test.each([
  [[127, 0, 0, 1], '127.0.0.1'],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], '[::1]'],
  [[0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], '[2001:db8:0:1::1]'],
  [[0x20, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], '[2001:0:0:1::]'],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1], '10.0.0.1'],
])('%j is the address %s', (bytes, expected) => {
  expect(formatIp(Uint8Array.from(bytes))).toBe(expected);
});

test.each([
  ['/run/app.sock\0\0\0', 'unix:/run/app.sock'],
  ['\0abstract\0\0', 'unix:@abstract'],
  ['\0\0\0', 'unix:'],
])('%j is the socket %s', (path, expected) => {
  expect(formatUnixPath(Buffer.from(path, 'latin1'))).toBe(expected);
});

test('times of the kernel become wall-clock times, and follow a clock that is set', () => {
  let boot = 1_700_000_000_000_000_000n;
  const clock = createClock(
    () => boot,
    () => 5_000_000_000n,
  );
  expect(formatTime(clock.wallUs(clock.nowNs()))).toBe('2023-11-14T22:13:25.000000Z');
  boot += 3_600_000_000_000n;
  clock.adjust();
  expect(formatTime(clock.wallUs(1_234_567))).toBe('2023-11-14T23:13:20.001234Z');
  expect(formatTime(clock.wallUs(999_999_999))).toBe('2023-11-14T23:13:20.999999Z');
});

test.each([
  [0, '0.000'],
  [1_499, '0.001'],
  [999_999_600, '1000.000'],
  [12_345_678, '12.346'],
])('%d ns are %s ms', (ns, expected) => {
  expect(formatMs(ns)).toBe(expected);
});

test('sampling keeps the same links at both ends, about as many as asked for', () => {
  const links = Array.from({ length: 10_000 }, (_, index) => (index * 2_654_435_761).toString(16));
  const kept = links.filter((link) => isSampled(link, 10));
  expect(kept.length).toBeGreaterThan(800);
  expect(kept.length).toBeLessThan(1_200);
  expect(kept.every((link) => isSampled(link, 10))).toBe(true);
  expect(links.every((link) => isSampled(link, 1))).toBe(true);
});

test('a loss is told when it has grown, with its whole count', () => {
  const losses = new Losses(0);
  losses.add('exchangesLost', 2);
  losses.replace({ lostRingFull: 0 });
  expect(losses.takeNew().map(({ count }) => count)).toEqual([2]);
  expect(losses.takeNew()).toEqual([]);
  losses.add('exchangesLost', 1);
  losses.replace({ lostRingFull: 7, lostShed: 0, caught: 5 });
  losses.add('paused', 0);
  expect(losses.takeNew().map(({ what, count }) => `${what}: ${count}`)).toEqual([
    'exchanges, because bytes of their connections were missing or not understood: 3',
    'records, because the ring was full: 7',
  ]);
  expect(losses.counters()).toEqual({ exchangesLost: 3, lostRingFull: 7, caught: 5 });
});

test('every kind of loss is told in words of its own', () => {
  const losses = new Losses(0);
  const { lostKinds, caught, caughtState, ...ofKernel } = layout.loss;
  const kinds = [...Object.keys(ofKernel), 'lostRecursion', 'exchangesLost', 'exchangesDropped', 'paused', 'stopped'];
  for (const kind of kinds) losses.add(kind, 1);
  const words = losses.takeNew().map(({ what }) => what);
  expect([...Object.values(ofKernel), caught, caughtState]).toHaveLength(lostKinds);
  expect(words.filter((what) => what.includes(', '))).toHaveLength(kinds.length);
  expect(new Set(words).size).toBe(kinds.length);
  expect(words).toContain(
    'connections, because their table was full (PROFILER_PORTS and PROFILER_CGROUPS leave others out)',
  );
});

test.each([
  ['ENOSPC', 'ENOSPC', true],
  // As Node says it, which knows no such name.
  ['EDQUOT', 'UNKNOWN', true],
  ['EIO', 'EIO', false],
] as const)('%s says whether there is room', (name, code, isNoRoom) => {
  const errno = -constants.errno[name];
  expect(isFull(Object.assign(new Error(), { code, errno, syscall: 'write' }))).toBe(isNoRoom);
});

const PERFMON_AND_BPF = 0xc000000000n;
const allowed = {
  rights: { capabilities: PERFMON_AND_BPF, given: PERFMON_AND_BPF, user: 0, seccomp: 2 },
  ...{ hasBtf: true, release: '6.12.0', isRemapped: false, canCallBpf: true, label: '' },
};

test('a refusal names the capability, the seccomp profile or the missing BTF', () => {
  const refused = new BpfError('the kernel refused the programs: Operation not permitted (errno 1)', 1);
  const explain = (capabilities: bigint, seccomp: number, hasBtf = true, release = '6.12.0') =>
    explainRefusal(refused, {
      ...allowed,
      rights: { capabilities, given: capabilities, user: 0, seccomp },
      hasBtf,
      release,
      canCallBpf: false,
    });
  expect(explain(0n, 0)).toContain(
    'the container lacks CAP_PERFMON and CAP_BPF; add it: `cap_add: [PERFMON, BPF]` in the compose file, or `podman run --cap-add=CAP_PERFMON --cap-add=CAP_BPF`',
  );
  expect(explain(0x8000000000n, 0)).toContain('the container lacks CAP_PERFMON');
  expect(explain(PERFMON_AND_BPF, 2)).toContain('a seccomp profile forbids the bpf() system call');
  expect(explain(PERFMON_AND_BPF, 2, false)).toContain('this kernel has no BTF (/sys/kernel/btf/vmlinux)');
  expect(explain(PERFMON_AND_BPF, 2, false)).toContain('start one that has it');
  expect(explain(PERFMON_AND_BPF, 2, true, '5.10.0-46-cloud-amd64')).toContain('the container lacks CAP_SYS_RESOURCE');
  expect(explain(PERFMON_AND_BPF | (1n << 24n), 2, true, '5.10.0-46-cloud-amd64')).toContain('a seccomp profile');
  expect(explain(PERFMON_AND_BPF, 0, true, '5.11.0')).not.toContain('CAP_SYS_RESOURCE');
  const byVerifier = new BpfError('the kernel refused the programs: Permission denied (errno 13)', 13, 'R1 is bad');
  expect(explainRefusal(byVerifier, allowed)).toContain('R1 is bad');
});

test('where a user other than root does not get what the container was given, that is said', () => {
  const refused = new BpfError('the kernel refused the programs (errno 1)', 1);
  const explain = (given: bigint, user: number) =>
    explainRefusal(refused, { ...allowed, rights: { capabilities: 0n, given, user, seccomp: 2 } });
  expect(explain(PERFMON_AND_BPF, 1000)).toBe(
    'the kernel refused the programs (errno 1): the container was given CAP_PERFMON and CAP_BPF, but user 1000, as whom the profiler runs, does not get it: Docker gives what is added to root only, so run it as root (`user: "0:0"` in the compose file, or `docker run --user 0:0`)',
  );
  expect(explain(0n, 1000)).toContain('the container lacks CAP_PERFMON and CAP_BPF; add it');
  expect(explain(PERFMON_AND_BPF, 0)).toContain('the container lacks CAP_PERFMON and CAP_BPF; add it');
});

test('a seccomp profile that lets bpf() through is not blamed, whatever number the kernel refuses with', () => {
  const refused = (errno: number) => new BpfError(`the kernel refused to load the trampoline (errno ${errno})`, errno);
  expect(explainRefusal(refused(12), allowed)).toContain('`mem_limit: 384m` is enough');
  expect(explainRefusal(refused(1), allowed)).toBe(
    'the kernel refused to load the trampoline (errno 1): the bpf() system call itself is allowed, and so are the capabilities; it is this that the kernel refuses',
  );
  for (const errno of [1, 38]) {
    expect(explainRefusal(refused(errno), allowed)).not.toContain('seccomp');
    expect(explainRefusal(refused(errno), { ...allowed, canCallBpf: false })).toContain('a seccomp profile forbids');
  }
});

test('nor is it, or a capability, where a user namespace is what makes capabilities worthless', () => {
  const refused = new BpfError('the kernel refused to load the programs (errno 1)', 1);
  for (const capabilities of [0n, PERFMON_AND_BPF]) {
    const rights = { capabilities, given: capabilities, user: 0, seccomp: 2 };
    const said = explainRefusal(refused, { ...allowed, rights, isRemapped: true, canCallBpf: false });
    expect(said).toMatch(
      /^the kernel refused to load the programs \(errno 1\): this container has a user namespace of its own/,
    );
    expect(said).toContain('`sudo podman`');
    expect(said).not.toMatch(/seccomp|lacks/);
  }
});

test.each([
  ['         0          0 4294967295\n', false],
  ['         0     100000      65536\n', true],
  ['         0       1000          1\n         1     100000      65536\n', true],
])('of %j it is known whether users are mapped', (map, isRemapped) => {
  expect(readIsRemapped(() => map)).toBe(isRemapped);
});

test('SELinux is named where it confines the container, and not where the verifier or another refused', () => {
  const error = new BpfError('the kernel refused to make a map: Permission denied (errno 13)', 13);
  const label = 'system_u:system_r:container_t:s0:c12,c34\0';
  expect(explainRefusal(error, { ...allowed, label })).toBe(
    `${error.message}: SELinux lets no container of the type container_t call bpf(); give it another: \`security_opt: [label=disable]\` in the compose file, or \`podman run --security-opt label=disable\``,
  );
  for (const other of ['', 'system_u:system_r:spc_t:s0', 'docker-default (enforce)\n'])
    expect(explainRefusal(error, { ...allowed, label: other })).toBe(error.message);
  const byVerifier = new BpfError('the kernel refused the programs (errno 13)', 13, 'R1 is bad');
  expect(explainRefusal(byVerifier, { ...allowed, label })).not.toContain('SELinux');
  expect(readLabel(() => label)).toBe(label);
  const unreadable = (): never => {
    throw Object.assign(new Error('EINVAL: invalid argument, read'), { code: 'EINVAL', syscall: 'read' });
  };
  expect(readLabel(unreadable)).toBe('');
});

test('rights are read from /proc/self/status', () => {
  const status =
    'Name:\tnode\nUid:\t5\t1000\t6\t7\nCapEff:\t000000c000000000\nCapBnd:\t0000008000000000\nSeccomp:\t2\n';
  const [capabilities, given] = [PERFMON_AND_BPF, 0x8000000000n];
  expect(readRights(() => status)).toEqual({ capabilities, given, user: 1000, seccomp: 2 });
});

test('the status is one line, whatever stood there before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'status-'));
  const path = join(folder, 'profiler.json');
  writeFileSync(path, '{"state":"attached","why":"an earlier profiler said so"}');
  const write = openStatus(path);
  expect(readFileSync(path, 'utf8')).toBe('');
  const status = { state: 'attached', tier: 'A', hooks: [], kernel: '6.1', counters: {} } as const;
  write({ ...status, why: 'because of a long reason, much longer than the next' });
  write({ ...status, why: 'short' });
  expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify({ ...status, why: 'short' })}\n`);
  rmSync(path);
  write({ ...status, why: 'short' });
  expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify({ ...status, why: 'short' })}\n`);
  rmSync(folder, { recursive: true });
});
