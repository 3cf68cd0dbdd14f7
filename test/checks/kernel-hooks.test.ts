/** Which tier of the probe this kernel has, as the profiler chose it or as the kernel's types tell. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checks } from '../../tasks/checks/kernel-hooks.ts';
import { checkOf } from '../helpers/probe.ts';

const hooks = checkOf(checks, 'KN006');
const types = (...names: string[]) => ({
  '/sys/kernel/btf/vmlinux': ['\0int', ...names.map((name) => `btf_trace_${name}`), ''].join('\0'),
});
const always = ['sys_exit', 'inet_sock_set_state'];
const socketLayer = ['sock_recv_length', 'sock_send_length'];
const kernel = '6.12.7';
const status = (state: string, tier: string | null) => ({
  '/proc/sys/kernel/osrelease': `${kernel}\n`,
  'container/traces/profiler.json': JSON.stringify({
    state,
    tier,
    hooks: ['tp_btf/sys_exit'],
    kernel,
    why: 'not B: Operation not permitted',
  }),
});

/** An engine with the profiler's container in that state, of this checkout or another. */
const containerIs = (state: string, root = '/project') => ({
  engine: {},
  commands: {
    'podman ps -a -q --no-trunc --filter label=com.docker.compose.project=profiler': 'one\n',
    'podman inspect one': JSON.stringify([
      {
        ...{ Id: 'one', Name: 'profiler-profiler-1', Image: '1', State: { Status: state, ExitCode: 137 } },
        Config: { Image: 'i', Labels: { 'com.docker.compose.service': 'profiler', 'io.tasks.root': root } },
      },
    ]),
  },
});

test('KN006: the kernel’s types tell which tier is tried first, and a kernel without any hook fails', async () => {
  expect(await hooks({ files: types(...always, ...socketLayer) })).toEqual({
    outcome: 'pass',
    summary: 'tier B is tried first (sock_recv_length, sock_send_length), then C, then A',
  });
  const seven = { '/proc/sys/kernel/osrelease': '7.3.4+deb13-cloud-amd64\n', ...types(...always, ...socketLayer) };
  expect((await hooks({ files: seven })).summary).toBe(
    'tier D is tried first (kprobes in front of sock_recv_length, sock_send_length), then B, then C, then A',
  );
  expect((await hooks({ files: types(...always) })).summary).toBe(
    'no sock_recv_length, sock_send_length: tier C is tried first (fexit on the socket functions), then A',
  );
  const full = { '/proc/cmdline': 'quiet preempt=full\n', ...types(...always) };
  expect((await hooks({ files: full })).summary).toBe(
    'no sock_recv_length, sock_send_length: tier A is tried first (sys_exit), then C',
  );
  const byDefault = { ...types(...always), '/proc/config.gz': 'packed' };
  const commands = { 'gzip -dc /proc/config.gz': 'CONFIG_PREEMPT=y\n' };
  expect((await hooks({ files: byDefault, commands })).summary).toContain('tier A is tried first (sys_exit), then C');
  expect(await hooks({ files: types('sys_exit_too', 'inet_sock_set_state') })).toMatchObject({
    outcome: 'fail',
    summary: 'the kernel has no sys_exit',
  });
  expect((await hooks({})).outcome).toBe('could-not-check');
});

test('KN006: what the profiler chose on this kernel is told, and why it failed', async () => {
  expect(await hooks({ ...containerIs('running'), files: status('attached', 'A') })).toEqual({
    outcome: 'pass',
    summary: 'the profiler uses tier A (tp_btf/sys_exit): not B: Operation not permitted',
  });
  expect(await hooks({ files: status('failed', null) })).toMatchObject({
    outcome: 'warn',
    summary: 'the profiler failed on 6.12.7',
    cause: 'not B: Operation not permitted',
  });
  const onMac = { ...containerIs('running'), platform: 'darwin-arm64' } as const;
  expect((await hooks({ ...onMac, files: status('attached', 'B') })).summary).toContain('tier B');
  expect((await hooks(onMac)).outcome).toBe('skip');
});

test('KN006: what a profiler said that no longer runs, or runs elsewhere, is not told', async () => {
  const files = { ...types(...always, ...socketLayer), ...status('attached', 'A') };
  const here = [containerIs('exited'), containerIs('running', '/elsewhere'), {}];
  for (const told of here) expect((await hooks({ ...told, files })).summary).toContain('tier B is tried first');
  expect((await hooks({ files: { ...files, ...status('failed', null) } })).summary).toBe(
    'the profiler failed on 6.12.7',
  );
});

test('KN006: what was said of another kernel, or not yet said whole, is not told', async () => {
  const both = types(...always, ...socketLayer);
  const other = { ...both, ...status('attached', 'A'), '/proc/sys/kernel/osrelease': '6.18.0\n' };
  const half = { ...both, ...status('attached', 'A'), 'container/traces/profiler.json': '{"state":"att' };
  for (const files of [other, half]) expect((await hooks({ files })).summary).toContain('is tried first');
});

test.skipIf(!existsSync('/sys/kernel/btf/vmlinux'))(
  'KN006: the types of the kernel that runs here are read',
  async () => {
    const files = { '/sys/kernel/btf/vmlinux': readFileSync('/sys/kernel/btf/vmlinux', 'utf8') };
    expect((await hooks({ files })).outcome).toBe('pass');
  },
);
