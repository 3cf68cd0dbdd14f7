/** Processes where there is no /proc: what macOS tells of them, by `ps`. */
import { expect, test } from 'vitest';
import { asOnMac } from '../helpers/mac.ts';
import { createProject } from '../helpers/project.ts';
import { slowToEnd } from '../helpers/slow.ts';
import { openTerminal } from '../helpers/terminal.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

test.each([
  ['another language', { LANG: 'de_DE.UTF-8' }],
  ['another time zone', { TZ: 'Asia/Tokyo' }],
])('a run in %s waits for what another run does', async (_, env) => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const mac = await asOnMac(project);
  const build = await project.driven('build');
  const first = project.start('build', { env: mac });
  const invocation = await build.started();
  const second = project.start('build', { env: { ...mac, ...env } });
  await second.says(`waits for the run with pid ${first.pid}`);
  expect(build.startCount()).toBe(1);
  invocation.exit(0);
  (await build.started()).exit(0);
  expect((await second.result).exit).toBe(0);
});

test('a lock that a killed run has left is taken over in another network, where the Mac has another name', async () => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const mac = await asOnMac(project);
  const build = await project.driven('build');
  const first = project.start('build', { env: { ...mac, NETWORK: 'home' } });
  const invocation = await build.started();
  first.child.kill('SIGKILL');
  await invocation.isGone;
  const second = project.start('build', { env: { ...mac, NETWORK: 'office' } });
  (await build.started()).exit(0);
  expect((await second.result).stdout).toBe('▸ build\n✔ build <time>\n');
});

test('where `ps` may not run, as in a sandbox, runs wait for each other, and a time-out ends a task', async () => {
  await using project = await createProject(config('  build: { run: exec build, timeout: 2s }\n'));
  const env = await asOnMac(project);
  await project.program('ps', 'echo "ps: Operation not permitted" >&2; exit 126');
  const build = await project.driven('build');
  const first = project.start('build', { env });
  const invocation = await build.started();
  const second = project.start('build', { env });
  await second.says(`waits for the run with pid ${first.pid}`);
  await invocation.isGone;
  expect((await first.result).exit).toBe(124);
  (await build.started()).exit(0);
  expect((await second.result).exit).toBe(0);
});

test('Ctrl-C ends what a shell has left in the background of the terminal', async () => {
  // The end of the terminal itself is not what ends it.
  await using project = await createProject(config(`  work: { run: '(trap "" HUP; exec deaf) & exec work' }\n`));
  const env = await asOnMac(project);
  const [work, deaf] = await Promise.all([project.driven('work'), project.driven('deaf')]);
  const terminal = openTerminal(project, 'work --output=plain', { env });
  const invocations = await Promise.all([work.started(), deaf.started()]);
  terminal.type('\u0003');
  await Promise.all(invocations.map(({ isGone }) => isGone));
  expect(await terminal.exit).toBe(130);
});

test('what has heard SIGTERM and cleans up is not asked again', async () => {
  await using project = await createProject({
    ...config('  work: { run: sh work.sh }\n'),
    ...slowToEnd(2_500),
  });
  const running = project.start('work', { env: await asOnMac(project) });
  await running.says('listening');
  running.child.kill('SIGTERM');
  expect((await running.result).exit).toBe(143);
  expect(await project.read('story')).toBe('cleaned');
});

test('when the runner is killed, nothing that its tasks have started lives on', async () => {
  await using project = await createProject(config("  tree: { run: 'child & setsid child2 & nohup child3 & wait' }\n"));
  const driven = await Promise.all(['child', 'child2', 'child3'].map((name) => project.driven(name)));
  const running = project.start('tree', { env: await asOnMac(project) });
  const invocations = await Promise.all(driven.map((command) => command.started()));
  running.child.kill('SIGKILL');
  await Promise.all(invocations.map(({ isGone }) => isGone));
  expect((await running.result).exit).toBe(null);
});
