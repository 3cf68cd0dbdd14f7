/** `--watch`: after each change what it affects runs again, exactly once, and nothing else does. */
import { spawnSync } from 'node:child_process';
import { rename, rm, utimes } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';
import { linesOf, startWatch } from '../helpers/watching.ts';

const config = (tasks: string): string => `version: 1\ntasks:\n${tasks}`;

const twoHalves =
  config(`  left: { inputs: [left/**], outputs: [left.out], run: 'cat left/* > left.out; echo left >> story' }
  right: { inputs: [right/**], outputs: [right.out], run: 'cat right/* > right.out; echo right >> story' }
  join: { needs: [left], inputs: [], outputs: [all.out], run: 'cat left.out > all.out; echo join >> story' }
  after: { needs: [join], watch: [], run: 'echo after >> story' }
  all: { needs: [after, right] }
`);

async function halves(): Promise<Project> {
  return await createProject({ 'tasks.config.yaml': twoHalves, 'left/a': 'a', 'right/b': 'b' });
}

test('a change runs the tasks that read it and those that need them, and no others', async () => {
  await using project = await halves();
  const watch = startWatch(project, 'all --jobs=1');
  await watch.waits();
  await rm(project.path('story'));
  await project.write('left/a', 'new');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['left', 'join', 'after']);
  await project.write('right/b', 'new');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['left', 'join', 'after', 'right']);
  const { exit, stdout } = await watch.end();
  expect(exit).toBe(130);
  expect(stdout).toContain(`waiting for a change; Ctrl-C ends the watch
changed: right/b
▸ right
✔ right <time>
▸ all
✔ all <time>
ok: 2 done, <time>
waiting for a change; Ctrl-C ends the watch
SIGINT: stopping; once more kills at once
interrupted: 0 done, <time>
`);
});

test('content decides: a file that is only touched starts nothing, and equal outputs end the chain', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      config(`  upper: { inputs: [word], outputs: [up], run: 'tr a-z A-Z < word > up; echo upper >> story' }
  show: { needs: [upper], inputs: [], run: 'echo show >> story' }
  bare: { needs: [upper], watch: [], run: 'echo bare >> story' }
  all: { needs: [show, bare] }
`),
    word: 'abc',
  });
  const watch = startWatch(project, 'all --jobs=1');
  await watch.waits();
  await rm(project.path('story'));
  await utimes(project.path('word'), 1, 1);
  await project.write('word', 'ABC');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['upper', 'bare']);
  const { stdout } = await watch.end();
  expect(stdout).toContain('– show skipped: up to date\n');
});

test('a failing task does not end the watch; what waited for it runs once it succeeds', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config(`  check: { inputs: [ok], run: 'cat ok; exit $(cat ok)' }
  ship: { needs: [check], inputs: [], run: 'echo ship >> story' }
`),
    ok: '3',
  });
  const watch = startWatch(project, 'ship');
  await watch.says('failed: `check` (exit code 3)');
  await watch.waits();
  await project.write('ok', '4');
  await watch.says('failed: `check` (exit code 4)');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual([]);
  await project.write('ok', '0');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['ship']);
  expect((await watch.end()).exit).toBe(130);
});

test('what a task wrote before it failed starts no other, and so not itself once more', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      config(`  build: { inputs: [src], outputs: [out], run: 'echo build >> story; cp src out; exit $(cat src)' }
  use: { needs: [build], inputs: [], run: 'echo use >> story' }
`),
    src: '0',
  });
  const watch = startWatch(project, 'use');
  await watch.waits();
  await project.write('src', '3');
  await watch.says('failed: `build` (exit code 3)');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['build', 'use', 'build']);
  await project.write('src', '00');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['build', 'use', 'build', 'build', 'use']);
  await watch.end();
});

test('a file that a task failed to format starts it again once it is mended', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config(`  format: { inputs: [src], outputs: [src], run: 'grep -q good src' }
  lint: { needs: [format], inputs: [src], run: 'echo lint >> story' }
`),
    src: 'bad',
  });
  const watch = startWatch(project, 'lint');
  await watch.says('lint not started: `format` failed');
  await watch.waits();
  await project.write('src', 'good');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['lint']);
  await watch.end();
});

test('what a failure elsewhere kept from starting runs with the next change', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config(`  bad: { inputs: [bad], run: 'exit $(cat bad)' }
  good: { inputs: [good], run: 'echo good >> story' }
  all: { needs: [bad, good] }
`),
    bad: '1',
    good: '',
  });
  const watch = startWatch(project, 'all --jobs=1');
  await watch.says('good not started: `bad` failed');
  await watch.waits();
  await project.write('bad', '0');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['good']);
  await watch.end();
});

test('a change while a run is under way starts one more run, never two at once', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config('  build: { inputs: [src], run: slow && cat src >> story }\n'),
    src: 'one\n',
  });
  const slow = await project.driven('slow');
  const watch = startWatch(project, 'build');
  const first = await slow.started();
  for (const text of ['two\n', 'three\n', 'four\n']) await project.write('src', text);
  expect(slow.startCount()).toBe(1);
  first.exit(0);
  (await slow.started()).exit(0);
  await watch.waits();
  expect(slow.startCount()).toBe(2);
  expect(await linesOf(project, 'story')).toEqual(['four', 'four']);
  await watch.end();
});

test('a burst of changes starts one run', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config("  build: { inputs: [src/**], run: 'echo build >> story' }\n"),
    'src/0': '',
  });
  const watch = startWatch(project, 'build');
  await watch.waits();
  await Promise.all(Array.from({ length: 200 }, (_, index) => project.write(`src/${index}`, `${index}`)));
  await watch.waits();
  const runs = await linesOf(project, 'story');
  expect(runs.length).toBeGreaterThanOrEqual(2);
  expect(runs.length).toBeLessThanOrEqual(4);
  await watch.end();
});

test('a task without inputs that was asked for runs at any change in the project, one that is only needed does not', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config(`  setup: { run: 'echo setup >> /dev/null; echo setup' }
  test: { needs: [setup], run: echo test }
`),
    'any/file': '',
  });
  const watch = startWatch(project, 'test');
  await watch.waits();
  await project.write('any/file', 'new');
  await watch.waits();
  const { stdout } = await watch.end();
  expect(stdout.split('\n').filter((line) => line.startsWith('▸'))).toEqual(['▸ setup', '▸ test', '▸ test']);
});

test('what git ignores starts no task without inputs again, and what the task itself makes only after pauses', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config("  test: { run: 'date +%s%N > made; date +%s%N > ignored/x; echo test' }\n"),
    '.gitignore': 'ignored/\n',
    'ignored/x': '',
    'src/a': '',
  });
  await project.run('test');
  spawnSync('git', ['init', '--quiet'], { cwd: project.folder });
  const watch = startWatch(project, 'test');
  await watch.says('note: `made` changes whenever a task without `inputs` runs, so that starts further runs only');
  const runsOf = (output: string): number => output.split('▸ test').length - 1;
  await project.write('src/a', 'new');
  await watch.says('src/a\n▸ test\ntest\n✔ test');
  const { stdout } = await watch.end();
  const [before = ''] = stdout.split('note: ');
  expect(runsOf(before)).toBe(3);
  expect(runsOf(stdout)).toBe(4);
});

test('a file that a person edits during each run of a task without inputs is never taken for its output', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config("  test: { run: 'cat src >> story; slow' }\n"),
    '.gitignore': 'story\n',
    src: '0\n',
  });
  spawnSync('git', ['init', '--quiet'], { cwd: project.folder });
  const slow = await project.driven('slow');
  const watch = startWatch(project, 'test');
  for (const text of ['1\n', '2\n', '3\n']) {
    const run = await slow.started();
    await project.write('src', text);
    run.exit(0);
  }
  (await slow.started()).exit(0);
  await watch.says('✔ test', 4);
  expect(await linesOf(project, 'story')).toEqual(['0', '1', '2', '3']);
  await watch.end();
});

test('a task that writes the variables of the config anew does not run for ever', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
dotenv: [.env]
tasks:
  login: { watch: [], run: 'echo TOKEN=$(date +%s%N) > .env; echo run >> story' }
`,
    '.env': '',
  });
  const watch = startWatch(project, 'login');
  await watch.says('note: `.env` is read with the config and changes whenever a task runs');
  expect(await linesOf(project, 'story')).toHaveLength(5);
  await watch.end();
});

test('`watch` says what starts a task again, instead of its inputs', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config(`  test: { watch: [src/**], run: 'echo test >> story' }\n`),
    'src/a': '',
    other: '',
  });
  const watch = startWatch(project, 'test');
  await watch.waits();
  await project.write('other', 'new');
  await project.write('src/a', 'new');
  await watch.says('changed: src/a\n');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['test', 'test']);
  await watch.end();
});

test('where nothing is watched that is said', async () => {
  await using project = await createProject({ 'tasks.config.yaml': config('  a: { watch: [], run: echo a }\n') });
  const watch = startWatch(project, 'a');
  await watch.waits();
  expect((await watch.end()).stdout).toContain('note: only the config is watched: no planned task has `inputs`');
});

test('a script is read anew, with all that it imports', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config("  say: { script: say.ts, inputs: ['lib/**'] }\n"),
    'lib/word.ts': "export const word: string = 'first';\n",
    'say.ts':
      "import { word } from './lib/word.ts';\nexport const run = async (context: any) => context.log(`says ${word}`);\n",
  });
  const watch = startWatch(project, 'say');
  await watch.says('says first');
  await watch.waits();
  await project.write('lib/word.ts', "export const word: string = 'second';\n");
  await watch.says('says second');
  await watch.waits();
  await project.write('say.ts', "export const run = async (context: any) => context.log('says third');\n");
  await watch.says('says third');
  await watch.end();
});

test('the config is read again: what is another task now runs, a mistake is shown, and the watch goes on', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ninclude: { sub: sub/tasks.yaml }\ndotenv: [.env]\ntasks:\n  all: { needs: [sub:a, b] }\n  b: { run: echo b is $WORD }\n',
    'sub/tasks.yaml': config('  a: { inputs: [], run: echo a is here }\n'),
  });
  const watch = startWatch(project, 'all --jobs=1');
  await watch.waits();
  await project.write('sub/tasks.yaml', config('  a: { inputs: [], run: echo a is new }\n'));
  await watch.says('a is new\n');
  await watch.waits();
  await project.write('sub/tasks.yaml', config('  a: { inputs: [], rum: echo a }\n'));
  await watch.says('error: task `a` has unknown key `rum`, did you mean `run`?');
  await watch.says('  --> sub/tasks.yaml:3:20');
  await watch.waits();
  await project.write('sub/tasks.yaml', config('  a: { inputs: [], run: echo a is back }\n'));
  await watch.says('a is back\n');
  await watch.waits();
  await project.write('.env', 'WORD=something\n');
  await watch.says('b is something\n');
  await watch.waits();
  await rename(project.path('tasks.config.yaml'), project.path('away'));
  await watch.says('error: no `tasks.config.yaml`');
  await rename(project.path('away'), project.path('tasks.config.yaml'));
  await watch.says('changed: tasks.config.yaml');
  await watch.waits();
  await rm(project.path('.env'));
  spawnSync('mkfifo', [project.path('.env')]);
  await watch.says('error: the dotenv file `.env` cannot be read: it is a pipe to which nobody writes');
  await rm(project.path('.env'));
  await project.write('.env', 'WORD=mended\n');
  await watch.says('b is mended\n');
  expect((await watch.end()).exit).toBe(130);
});

test('a config that is wrong from the start is no watch', async () => {
  await using project = await createProject({ 'tasks.config.yaml': config('  a: { rum: echo }\n') });
  expect((await project.run('a --watch')).exit).toBe(3);
});

test.each([
  ['a --watch --dry-run', '`--watch` and `--dry-run` cannot be used together'],
  ['--watch --list', '`--watch` and `--list` cannot be used together'],
  ['a --watch --graph', '`--watch` and `--graph` cannot be used together'],
  ['a --watch --profile=x', '`--watch` and `--profile` cannot be used together'],
  ['a --watch=yes', '`--watch` takes no value'],
  ['doctor --watch', '`doctor` cannot be watched'],
  ['talk --watch', 'task `talk` is interactive, so `--watch` cannot start it again by itself'],
  ['ask --watch', 'task `ask` asks `sure?`, and there is no terminal to answer'],
])('`%s` is refused', async (words, message) => {
  await using project = await createProject({
    'tasks.config.yaml': config(
      '  a: { run: echo a }\n  talk: { interactive: true, run: echo }\n  ask: { confirm: "sure?", run: echo }\n',
    ),
  });
  const { exit, stderr } = await project.run(words);
  expect({ exit, stderr: stderr.split('\n')[0] }).toEqual({ exit: 2, stderr: `error: ${message}` });
});

test('flags go with it: params, words, `--only`, `--force` once, `--yes` once', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config(`  need: { run: 'echo need >> story' }
  build: { needs: [need], inputs: [src], confirm: "sure?", params: { to: { default: x } }, run: 'echo \${to} >> story' }
`),
    src: '',
  });
  expect((await project.run('build --yes')).exit).toBe(0);
  await rm(project.path('story'));
  const watch = startWatch(project, 'build --only --force --yes --to=y');
  await watch.waits();
  await project.write('src', 'new');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['y', 'y']);
  await watch.end();
});
