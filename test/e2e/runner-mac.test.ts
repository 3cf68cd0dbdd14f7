/** Processes where there is no /proc: what macOS tells of them, by `ps`. */
import { rm, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { asOnMac } from '../helpers/mac.ts';
import { cli, createProject } from '../helpers/project.ts';
import { slowToEnd } from '../helpers/slow.ts';
import { openTerminal } from '../helpers/terminal.ts';
import { startWatch } from '../helpers/watching.ts';

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

/**
 * It and the other that kills the runner wait for an output first: a runner that has only just started a command has told
 * nobody of it yet, and there nothing shows whose it is.
 */
test('a lock that a killed run has left is taken over in another network, where the Mac has another name', async () => {
  await using project = await createProject(config("  build: { run: 'echo up; build' }\n"));
  const mac = await asOnMac(project);
  const build = await project.driven('build');
  const first = project.start('build', { env: { ...mac, NETWORK: 'home' } });
  const invocation = await build.started();
  await first.says('\nup\n');
  first.child.kill('SIGKILL');
  await invocation.isGone;
  const second = project.start('build', { env: { ...mac, NETWORK: 'office' } });
  (await build.started()).exit(0);
  expect((await second.result).stdout).toBe('▸ build\nup\n✔ build <time>\n');
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

test('a task of a run within a run gets a signal once', async () => {
  await using project = await createProject({
    ...config('  outer: { run: node $CLI inner }\n  inner: { run: bash work.sh }\n'),
    'work.sh': "trap 'echo INT >>story' INT\necho up\nuntil [ -e story ]; do sleep 0.05; done\nsleep 1\nsleep 0.5\n",
  });
  const running = project.start('outer', { env: { ...(await asOnMac(project)), CLI: cli('')[0] ?? '' } });
  await running.says('up');
  running.child.kill('SIGINT');
  expect((await running.result).exit).toBe(130);
  expect(await project.read('story')).toBe('INT\n');
});

test('when the runner is killed, nothing that its tasks have started lives on', async () => {
  await using project = await createProject(
    config("  tree: { run: 'child & setsid child2 & nohup child3 & echo up; wait' }\n"),
  );
  const driven = await Promise.all(['child', 'child2', 'child3'].map((name) => project.driven(name)));
  const running = project.start('tree', { env: await asOnMac(project) });
  const invocations = await Promise.all(driven.map((command) => command.started()));
  await running.says('\nup\n');
  running.child.kill('SIGKILL');
  await Promise.all(invocations.map(({ isGone }) => isGone));
  expect((await running.result).exit).toBe(null);
});

test('a large output that comes back from the cache is no older than what it is made of', async () => {
  await using project = await createProject({
    ...config("  build: { inputs: [src], outputs: [out], run: 'cat src > out; touch -t 200001010000 out' }\n"),
    src: 'a'.repeat(100_000),
  });
  const env = await asOnMac(project);
  expect((await project.run('build', { env })).exit).toBe(0);
  await rm(project.path('out'));
  expect((await project.run('build', { env })).stdout).toBe('▸ build\n✔ build <time> from the cache\n');
  const [made, from] = await Promise.all(['out', 'src'].map((name) => stat(project.path(name))));
  expect(made?.mtimeMs).toBeGreaterThan(from?.mtimeMs ?? Number.POSITIVE_INFINITY);
});

/** As libuv watches there: one stream tells of all folders. It is replaced at each change, and where it cannot be, all watches end. */
const oneStream = (most: number): string => `const fs = require('node:fs');
const real = fs.watch;
const watches = new Set();
let deafUntil = 0;
fs.watch = (path, options, listener) => {
  deafUntil = Date.now() + 250;
  const watch = real(path, options, (...told) => { if (Date.now() > deafUntil) listener(...told); });
  watches.add(watch);
  const over = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  if (watches.size > ${most}) setTimeout(() => { for (const each of watches) { each.close(); each.emit('error', over); } }, 100);
  return watch;
};
`;

test('what changes while the system begins to watch is found', async () => {
  await using project = await createProject({
    ...config("  build: { inputs: ['src/**'], run: 'echo run >> story' }\n"),
    'src/a': '',
    'stream.cjs': oneStream(100),
  });
  const mac = await asOnMac(project);
  const options = `${mac.NODE_OPTIONS} --require=${project.path('stream.cjs')}`;
  const watch = startWatch(project, 'build', { env: { ...mac, NODE_OPTIONS: options } });
  await watch.waits();
  await project.write('src/a', 'new');
  await watch.says('changed: src/a');
  await watch.waits();
  await watch.end();
  expect(await project.read('story')).toBe('run\nrun\n');
});

test('too many folders, of which the system says so only afterwards, are looked at instead', async () => {
  await using project = await createProject({
    ...config("  build: { inputs: ['src/**'], run: 'echo run >> story' }\n"),
    ...Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`src/${index}/a`, ''])),
    'stream.cjs': oneStream(5),
  });
  const mac = await asOnMac(project);
  const options = `${mac.NODE_OPTIONS} --require=${project.path('stream.cjs')}`;
  const watch = startWatch(project, 'build', { env: { ...mac, NODE_OPTIONS: options } });
  await watch.says(
    'note: the system allows no more watches (EMFILE), so the files are checked every second instead; to change that, name fewer folders in `inputs` or `watch`\n',
  );
  await project.write('src/8/a', 'new');
  await watch.says('changed: src/8/a');
  const { stdout } = await watch.end();
  expect(stdout.match(/allows no more watches/g)).toHaveLength(1);
});
