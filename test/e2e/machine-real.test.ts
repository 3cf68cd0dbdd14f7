/** `machine-start` and the doctor against the real podman, through the whole life of a machine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, test as anyTest, beforeAll, expect } from 'vitest';
import { root } from '../helpers/checkout.ts';
import { openStage, type Stage } from '../helpers/machine-stage.ts';

const name = 'podman-machine-default';
/** Machines are made, started and stopped a dozen times: minutes, and a step of its own. A path is an unpacked system, whose podman plays. */
const asked = process.env.TASKS_TEST_MACHINE;
const system = asked?.startsWith('/') ? asked : undefined;
const has = (path: string) =>
  existsSync(`${system ?? ''}${path}`) || (system === undefined && existsSync(join(root, '.tasks/sshd', path)));
/** The stage's way into the machine is an sshd; its programs are Python; and its machine is an x64 one. */
const hasAll = ['/usr/bin/podman', '/usr/bin/python3', '/usr/sbin/sshd'].every(has);
const canPlay = asked !== undefined && hasAll && process.arch === 'x64' && process.getuid?.() === 0;
const test = anyTest.skipIf(!canPlay);
let stage: Stage;
beforeAll(async () => {
  if (canPlay) stage = await openStage(system);
});
afterAll(async () => {
  if (canPlay) await stage[Symbol.asyncDispose]();
});

const start = `podman machine start ${name}`;

/** Kills podman while it waits for the machine to boot, and the machine: what a Mac that is switched off leaves behind. */
const cutOff = [
  `podman machine start ${name} >/dev/null 2>&1 & starter=$!`,
  'for tried in $(seq 200); do ls $XDG_RUNTIME_DIR/podman/*_vm.pid >/dev/null 2>&1 && break; sleep 0.1; done',
  'sleep 1',
  // At once: a podman that sees its machine end begins to write its record, and would be killed amid that.
  'kill -9 $starter $(for file in $XDG_RUNTIME_DIR/podman/*.pid; do cat $file; echo; done)',
  'rm -f $XDG_RUNTIME_DIR/podman/*.sock',
].join('\n');

const shown = (output: string) => output.split('\n').filter((line) => line.startsWith('podman '));
const expectRoots = async (expected: readonly string[]) => {
  const { output } = await stage.tasks('doctor --json PM001 PM002 PM003 EN002');
  // A check that takes long says so, on stderr.
  const report = JSON.parse(output.slice(output.indexOf('{\n'))) as { readonly roots: readonly string[] };
  expect(report.roots, output).toEqual(expected);
};
/** Brings the machine into the state that a test begins with. */
const bring = async (command: string) => {
  const { code, output } = await stage.run(command);
  expect(code, output).toBe(0);
};
const isPodman4 = async () => (await stage.run('podman --version')).output.includes('version 4.');
const isRootful = async () => (await stage.run("podman info --format '{{.Host.Security.Rootless}}'")).output.trim();

test('without a machine, one is made, and podman answers as root', async () => {
  await expectRoots(['PM001']);
  const { code, output } = await stage.tasks('machine-start');
  expect(code, output).toBe(0);
  expect(shown(output)).toEqual(['podman machine init --rootful --cpus 4 --memory 4096', start]);
  await expectRoots([]);
  expect(await isRootful()).toBe('false');
});

test('a machine that is ready is left alone', async () => {
  const { code, output } = await stage.tasks('machine-start');
  expect(code, output).toBe(0);
  expect(output).toContain(`machine-start skipped: \`${name}\` is running, rootful, and answers`);
});

test('a stopped rootless machine with little memory becomes rootful and larger', async () => {
  await bring(`podman machine stop ${name} && podman machine set --rootful=false --memory 2048 ${name}`);
  await expectRoots(['PM002']);
  const { code, output } = await stage.tasks('machine-start');
  expect(code, output).toBe(0);
  expect(shown(output)).toEqual([`podman machine set --rootful --memory 4096 ${name}`, start]);
  expect(await isRootful()).toBe('false');
});

test('a machine that runs rootless is stopped, changed and started', async () => {
  await bring(`podman machine stop ${name} && podman machine set --rootful=false ${name} && ${start}`);
  await expectRoots(['PM003', 'EN002']);
  const { code, output } = await stage.tasks('machine-start');
  expect(code, output).toBe(0);
  expect(shown(output)).toEqual([`podman machine stop ${name}`, `podman machine set --rootful ${name}`, start]);
  await expectRoots([]);
});

test('a start that was cut off is ended, and the machine started anew', async () => {
  await bring(`podman machine stop ${name}`);
  const release = await stage.make('hold');
  await stage.run(cutOff);
  await release();
  await expectRoots(['PM002']);
  const { code, output } = await stage.tasks('machine-start');
  expect(code, output).toBe(0);
  expect(shown(output)).toEqual([`podman machine stop ${name}`, start]);
  expect(output.includes('sed -i.bak')).toBe(await isPodman4());
  await expectRoots([]);
});

test('a record that podman was ended in the middle of is told, and its remedy makes a new machine', async () => {
  await bring(`podman machine stop ${name}`);
  const cut =
    'for record in ~/.config/containers/podman/machine/*/*.json; do truncate -s $((RANDOM % 2 * 300)) "$record"; done';
  await stage.run(cut);
  await expectRoots(['PM001']);
  const { code, output } = await stage.tasks('machine-start');
  expect(code, output).toBe(4);
  expect(output).toContain('Podman’s record of a machine is empty or incomplete');
  expect(output).toContain('remedy: npx tasks machine-start --forget-broken');
  const again = await stage.tasks('machine-start --forget-broken');
  expect(again.code, again.output).toBe(0);
  await expectRoots([]);
});

test('a machine that nobody lets start says why, and starts as soon as it may', async () => {
  await bring(`podman machine stop ${name}`);
  const allow = await stage.make('refuse');
  const { code, output } = await stage.tasks('machine-start');
  expect(code, output).toBe(4);
  expect(output).toContain('Could not access KVM kernel module');
  expect(output).toContain('PM007');
  expect(output).toContain(`remedy: podman machine stop ${name}; podman --log-level=debug machine start ${name}`);
  await expectRoots(['PM002']);
  const remedy = await stage.run(`podman machine stop ${name}; podman --log-level=debug machine start ${name}`);
  expect(remedy.output).toContain('Could not access KVM kernel module');
  await allow();
  const again = await stage.tasks('machine-start');
  expect(again.code, again.output).toBe(0);
  await expectRoots([]);
});

test('what a start that was refused left behind is ended, and the machine started', async () => {
  await bring(`podman machine stop ${name}`);
  const allow = await stage.make('refuse');
  expect((await stage.run(start)).output).toContain('failed to initialize kvm');
  await allow();
  const { code, output } = await stage.tasks('machine-start');
  expect(code, output).toBe(0);
  expect(output.includes('pkill -x gvproxy')).toBe(await isPodman4());
  await expectRoots([]);
});
