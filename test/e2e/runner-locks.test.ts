/** Two runs in one checkout: never the same task at one time, and the second takes over what the first has done. */
import { readdirSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

/** What stays of locks when nobody holds one: at most the results that somebody waited for. */
const locksLeft = (project: Project): readonly string[] =>
  readdirSync(project.path('.tasks/locks')).filter((name) => !name.endsWith('.result'));

test('the second run of a task waits for the first, says for whom, and takes over its result', async () => {
  await using project = await createProject(
    config('  build: { run: build }\n  next: { needs: [build], run: echo next }\n'),
  );
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  const second = project.start('next');
  const waits = `note: \`build\` waits for the run with pid ${first.pid}, which runs \`build\`\n`;
  await second.says(waits);
  invocation.exit(0);
  expect((await first.result).exit).toBe(0);
  expect(await second.result).toEqual({
    exit: 0,
    stdout: `${waits}– build skipped: the run with pid ${first.pid} has just done it\n▸ next\nnext\n✔ next <time>\nok: 1 done, 1 skipped, <time>\n`,
    stderr: '',
  });
  expect(build.startCount()).toBe(1);
  expect(locksLeft(project)).toEqual([]);
});

test('the second run does the task itself when the first has failed', async () => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  const second = project.start('build');
  await second.says('waits for the run');
  invocation.exit(3);
  (await build.started()).exit(0);
  expect((await first.result).exit).toBe(3);
  expect((await second.result).exit).toBe(0);
});

test('the second run does the task itself when it asks for something else', async () => {
  await using project = await createProject(config("  build: { params: { of: {} }, run: 'build; echo of ${of}' }\n"));
  const build = await project.driven('build');
  const first = project.start('build --of=one');
  const invocation = await build.started();
  const second = project.start('build --of=two');
  await second.says('waits for the run');
  invocation.exit(0);
  (await build.started()).exit(0);
  expect((await first.result).stdout).toContain('of one\n');
  expect((await second.result).stdout).toContain('of two\n');
});

test('a result from before the wait is not taken over', async () => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const build = await project.driven('build');
  const first = project.start('build');
  const one = await build.started();
  const second = project.start('build');
  await second.says('waits for the run');
  one.exit(0);
  await Promise.all([first.result, second.result]);
  const third = project.start('build');
  const two = await build.started();
  const fourth = project.start('build');
  await fourth.says('waits for the run');
  two.exit(1);
  (await build.started()).exit(0);
  await third.result;
  expect((await fourth.result).stdout).toContain('✔ build');
});

test('other tasks of two runs go on side by side', async () => {
  await using project = await createProject(config('  a: { run: a }\n  b: { run: b }\n'));
  const [a, b] = await Promise.all([project.driven('a'), project.driven('b')]);
  const first = project.start('a');
  const one = await a.started();
  const second = project.start('b');
  (await b.started()).exit(0);
  expect((await second.result).stdout).toBe('▸ b\n✔ b <time>\n');
  one.exit(0);
  await first.result;
});

test('a named lock holds between runs too', async () => {
  await using project = await createProject(config('  a: { run: a, lock: port }\n  b: { run: b, lock: port }\n'));
  const [a, b] = await Promise.all([project.driven('a'), project.driven('b')]);
  const first = project.start('a');
  const one = await a.started();
  const second = project.start('b');
  await second.says(
    `note: \`b\` waits for the run with pid ${first.pid}, which holds the lock \`port\` for its task \`a\``,
  );
  expect(b.startCount()).toBe(0);
  one.exit(0);
  (await b.started()).exit(0);
  expect((await second.result).stdout).toContain('✔ b');
  await first.result;
});

test('a lock whose holder was killed is taken over', async () => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  first.child.kill('SIGKILL');
  await invocation.isGone;
  await first.result;
  expect(locksLeft(project)).toEqual(['build.lock']);
  const second = project.start('build');
  (await build.started()).exit(0);
  expect((await second.result).stdout).toBe('▸ build\n✔ build <time>\n');
  expect(locksLeft(project)).toEqual([]);
});

test('a run that waits takes over when the one that it waits for is killed', async () => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const build = await project.driven('build');
  const first = project.start('build');
  await build.started();
  const second = project.start('build');
  await second.says('waits for the run');
  first.child.kill('SIGKILL');
  (await build.started()).exit(0);
  expect((await second.result).exit).toBe(0);
});

test.each([
  ['of a process that had the same pid', () => `${process.pid}|1|1|${hostname()}|build`],
  ['that cannot be read', () => 'nonsense'],
])('a lock %s is taken over', async (_, target) => {
  await using project = await createProject(config('  build: { run: echo built }\n'));
  await project.write('.tasks/locks/.keep', '');
  symlinkSync(target(), project.path('.tasks/locks/build.lock'));
  expect((await project.run('build')).stdout).toBe('▸ build\nbuilt\n✔ build <time>\n');
});

test('tasks whose names differ only in their punctuation do not share a lock', async () => {
  await using project = await createProject(config('  a:b: { run: a }\n  a-b: { run: b }\n  a_b: { run: echo }\n'));
  const [a, b] = await Promise.all([project.driven('a'), project.driven('b')]);
  const first = project.start('a:b');
  const one = await a.started();
  const second = project.start('a-b');
  (await b.started()).exit(0);
  one.exit(0);
  expect((await second.result).stdout).not.toContain('waits');
  await first.result;
});

test('Ctrl-C ends a run that waits, and leaves the other alone', async () => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  const second = project.start('build');
  await second.says('waits for the run');
  second.child.kill('SIGINT');
  const { exit, stdout } = await second.result;
  expect(exit).toBe(130);
  expect(stdout).toContain('– build not started: interrupted\n');
  invocation.exit(0);
  expect((await first.result).exit).toBe(0);
});

test('a task that starts itself is told so instead of waiting for ever', async () => {
  await using project = await createProject(config('  again: { run: node $CLI again }\n'));
  const { exit, stdout } = await project.run('again', {
    env: { CLI: `${import.meta.dirname}/../../tasks/runner/bin.cjs` },
  });
  expect(exit).toBe(2);
  expect(stdout).toContain('✖ again failed after <time>: it was started by `again`, which holds what it needs\n');
  expect(stdout).toContain('remedy: leave out `tasks again` where `again` runs\n');
});

test('a task of a task is another run, and its locks are no obstacle', async () => {
  await using project = await createProject(
    config('  outer: { run: node $CLI inner }\n  inner: { run: echo inner }\n'),
  );
  const env = { CLI: `${import.meta.dirname}/../../tasks/runner/bin.cjs` };
  const { exit, stdout } = await project.run('outer', { env });
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: '▸ outer\n▸ inner\ninner\n✔ inner <time>\n✔ outer <time>\n' });
});
