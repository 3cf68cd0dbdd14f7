/** A real ordinary user: the engine alone is called through sudo, and every file stays the user's. */

import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, root, run, tasks } from '../helpers/checkout.ts';
import { follow } from '../helpers/follow.ts';

const user = 'tasks-tester';
const rule = `/etc/sudoers.d/${user}`;
const isRoot = process.getuid?.() === 0;
let home: string;

beforeAll(async () => {
  if (!isRoot) return;
  expect(await tasks(['down'])).toMatchObject({ code: 0 });
  home = await mkdtemp(join(tmpdir(), 'tasks-user-'));
  must('useradd', '--no-create-home', '--home-dir', home, '--shell', '/bin/sh', user);
  await cp(root, join(home, 'checkout'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.startsWith(join(root, '.git')),
  });
  must('chown', '-R', `${user}:${user}`, home);
});

afterAll(async () => {
  if (!isRoot) return;
  await rm(rule, { force: true });
  must('userdel', user);
  await rm(home, { recursive: true, force: true });
});

test('without sudo the user is told why it is needed, and nothing starts', async (context) => {
  context.skip(!isRoot, 'making a user needs root');
  const refused = await asUser('up');
  expect(refused.code, refused.output).toBe(4);
  expect(refused.output).toContain('sudo -v');
});

test('on a terminal sudo is asked for root once; where it refuses, its other callers do not ask again', async (context) => {
  context.skip(!isRoot, 'making a user needs root');
  const folder = join(home, 'bin');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'sudo'),
    '#!/bin/sh\n[ "$1" = -n ] || echo "sudo $*: the password?" >/dev/tty\necho "sudo: a password is required" >&2\nexit 1\n',
    { mode: 0o755 },
  );
  const checkout = join(home, 'checkout');
  const words = [process.execPath, join(checkout, 'tasks/launch.cjs'), 'doctor', 'engine-answers'];
  const env = [`HOME=${home}`, `USER=${user}`, `PATH=${folder}:${process.env.PATH}`];
  const terminal = ['python3', join(root, 'test/helpers/terminal.py'), '80', '24'];
  await using typed = follow([...terminal, 'runuser', '-u', user, '--', 'env', '-C', checkout, ...env, ...words]);
  await typed.says('run it now?');
  typed.type('n\n');
  await typed.says('sudo -v: the password?');
  await typed.says('which refused');
  await expect(typed.says('sudo podman')).rejects.toThrow();
});

test('with sudo the stack runs, its traces are verified, and every file is the user’s', async (context) => {
  context.skip(!isRoot, 'making a user needs root');
  await writeFile(rule, `${user} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
  // As a run as root leaves them, open to all or not.
  await writeFile(join(home, 'checkout/container/traces/http-trace.txt'), '', { mode: 0o644 });
  await writeFile(join(home, 'checkout/container/traces/http-trace.jsonl'), '');
  must('chown', 'root:', ...['txt', 'jsonl'].map((kind) => join(home, `checkout/container/traces/http-trace.${kind}`)));
  must('chmod', '666', join(home, 'checkout/container/traces/http-trace.jsonl'));
  const passed = await asUser('test');
  expect(passed.code, passed.output).toBe(0);
  expect(passed.output).toContain('each traced exactly once');
  expect(foreignFiles()).toEqual([]);
  must('chown', '-R', 'root:', join(home, 'checkout/.tasks'));
  const forbidden = await asUser('test');
  expect(forbidden.code, forbidden.output).toBe(1);
  expect(forbidden.output).toContain('sudo chown -R "$(id -un)" .tasks');
  const unsettled = await asUser('fix-runtime');
  expect(unsettled.code, unsettled.output).toBe(1);
  expect(unsettled.output).toContain('sudo chown -R "$(id -un)" .tasks');
  must('chown', '-R', `${user}:`, join(home, 'checkout/.tasks'));
  const down = await asUser('down');
  expect(down.code, down.output).toBe(0);
  expect(foreignFiles()).toEqual([]);
});

test('through sudo, too, the engine reaches a registry by way of the caller’s proxy', async (context) => {
  context.skip(!isRoot, 'making a user needs root');
  await writeFile(rule, `${user} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((settle) => proxy.listen(0, '127.0.0.1', settle));
  const { port } = proxy.address() as AddressInfo;
  try {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, DEBIAN_IMAGE: 'registry.invalid/debian:0' };
    const refused = await asUserWith(env, 'doctor', '--fix', 'base-images');
    expect(refused.output).toContain('IM001 `registry.invalid/debian:0` is not here');
    expect(asked).toContain('registry.invalid:443');
  } finally {
    proxy.close();
  }
});

function asUser(...words: readonly string[]): Promise<Ended> {
  return asUserWith({}, ...words);
}

function asUserWith(env: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Ended> {
  const checkout = join(home, 'checkout');
  const command = ['runuser', '-u', user, '--', process.execPath, join(checkout, 'tasks/launch.cjs'), ...words];
  return run(command, { cwd: checkout, env: { HOME: home, USER: user, ...env } });
}

function foreignFiles(): readonly string[] {
  const { stdout } = spawnSync('find', [join(home, 'checkout'), '!', '-user', user], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

function must(program: string, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${stderr}`);
}
