/** Tasks run: in order, in parallel, each once, with their own exit codes. */
import { expect, test } from 'vitest';
import { cli, createProject } from '../helpers/project.ts';

test('a task tells its start, its output and its end', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  hello: { run: echo hi }\n' });
  expect(await project.run('hello')).toEqual({ exit: 0, stdout: '▸ hello\nhi\n✔ hello <time>\n', stderr: '' });
});

test('what a task needs runs first and once, in parallel, and each line says whose it is', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  base: { run: echo base }
  left: { needs: [base], run: 'left && echo from left' }
  right: { needs: [base], run: 'right; echo from right' }
  top: { needs: [left, right], run: echo top }
`,
  });
  const left = await project.driven('left');
  const right = await project.driven('right');
  const running = project.start('top --jobs=2');
  const [first, second] = await Promise.all([left.started(), right.started()]);
  first.exit(0);
  await running.says('✔ left');
  second.exit(0);
  expect(await running.result).toEqual({
    exit: 0,
    stdout: `▸ base
base
✔ base <time>
▸ left
▸ right
left | from left
✔ left <time>
from right
✔ right <time>
▸ top
top
✔ top <time>
ok: 4 done, <time>
`,
    stderr: '',
  });
});

test('`--jobs=1` starts one task at a time', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: a }\n  b: { run: b }\n  both: { needs: [a, b] }\n',
  });
  const a = await project.driven('a');
  const b = await project.driven('b');
  const running = project.start('both --jobs=1');
  const first = await a.started();
  expect(b.startCount()).toBe(0);
  first.exit(0);
  (await b.started()).exit(0);
  expect((await running.result).stdout).toBe(
    '▸ a\n✔ a <time>\n▸ b\n✔ b <time>\n▸ both\n✔ both <time>\nok: 3 done, <time>\n',
  );
});

test('the words of the command line run one after another', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  a: { run: a }\n  b: { needs: [c], run: echo b }\n  c: { run: echo c }\n',
  });
  const a = await project.driven('a');
  const running = project.start('a b');
  const first = await a.started();
  first.exit(0);
  expect((await running.result).stdout).toBe(
    '▸ a\n✔ a <time>\n▸ c\nc\n✔ c <time>\n▸ b\nb\n✔ b <time>\nok: 3 done, <time>\n',
  );
});

test("a failed task's own exit code is the run's, and what needs it is not started", async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  bad: { run: 'echo oh no >&2; exit 7' }\n  next: { needs: [bad], run: echo never }\n",
  });
  expect(await project.run('next')).toEqual({
    exit: 7,
    stdout: `▸ bad
oh no
✖ bad failed after <time>: exit code 7
  command: echo oh no >&2; exit 7
– next not started: \`bad\` failed
failed: \`bad\` (exit code 7); 0 done, 1 not started, <time>
`,
    stderr: '',
  });
});

test('a list of steps stops at its first failure', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  steps: { run: ['echo one', 'exit 3', 'echo three'] }\n",
  });
  const { exit, stdout } = await project.run('steps');
  expect(exit).toBe(3);
  expect(stdout).toBe(
    '▸ steps\none\n✖ steps failed after <time>: exit code 3\n  command: exit 3\nfailed: `steps` (exit code 3); 0 done, <time>\n',
  );
});

const failing = `version: 1
tasks:
  bad: { run: bad }
  other: { run: other; echo other ended }
  afterother: { needs: [other], run: echo after other }
  all: { needs: [bad, other, afterother] }
`;

test('after a failure nothing new starts, and what runs may finish', async () => {
  await using project = await createProject({ 'tasks.config.yaml': failing });
  const bad = await project.driven('bad');
  const other = await project.driven('other');
  const running = project.start('all --jobs=2');
  const [first, second] = await Promise.all([bad.started(), other.started()]);
  first.exit(9);
  await running.says('✖ bad');
  second.exit(0);
  const { exit, stdout } = await running.result;
  expect(exit).toBe(9);
  expect(stdout).toBe(`▸ bad
▸ other
✖ bad failed after <time>: exit code 9
  command: bad
– afterother not started: \`bad\` failed
– all not started: \`bad\` failed
other ended
✔ other <time>
failed: \`bad\` (exit code 9); 1 done, 2 not started, <time>
`);
});

test('with `--keep-going` all runs that does not need the failed task', async () => {
  await using project = await createProject({ 'tasks.config.yaml': failing });
  const bad = await project.driven('bad');
  const other = await project.driven('other');
  const running = project.start('all --jobs=2 --keep-going');
  const [first, second] = await Promise.all([bad.started(), other.started()]);
  first.exit(9);
  await running.says('✖ bad');
  second.exit(0);
  const { exit, stdout } = await running.result;
  expect(exit).toBe(9);
  expect(stdout).toContain('▸ afterother\nafter other\n✔ afterother <time>\n');
  expect(stdout).toContain('– all not started: it needs `bad`\n');
});

test('with `--fail-fast` a failure stops what runs', async () => {
  await using project = await createProject({ 'tasks.config.yaml': failing });
  const bad = await project.driven('bad');
  const other = await project.driven('other');
  const running = project.start('all --jobs=2 --fail-fast');
  const [first, second] = await Promise.all([bad.started(), other.started()]);
  first.exit(9);
  await second.isGone;
  const { exit, stdout } = await running.result;
  expect(exit).toBe(9);
  expect(stdout).toContain('– other stopped: another task failed\n');
});

test('a task that takes too long is ended with 124, its whole tree too', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  slow: { run: 'child & child2; wait', timeout: 300ms }\n",
  });
  const child = await project.driven('child');
  const child2 = await project.driven('child2');
  const running = project.start('slow');
  const invocations = await Promise.all([child.started(), child2.started()]);
  await Promise.all(invocations.map((invocation) => invocation.isGone));
  expect(await running.result).toEqual({
    exit: 124,
    stdout:
      '▸ slow\n✖ slow failed after <time>: timed out after <time>\nfailed: `slow` (exit code 124); 0 done, <time>\n',
    stderr: '',
  });
});

test('a task that is killed by a signal gives 128 and its number', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  dies: { run: 'kill -9 $$' }\n",
  });
  const { exit, stdout } = await project.run('dies');
  expect(exit).toBe(137);
  expect(stdout).toContain('✖ dies failed after <time>: killed by SIGKILL\n');
});

test('a background child that holds the output does not hang the run', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  bg: { run: 'holder & echo started' }\n",
  });
  const holder = await project.driven('holder');
  const running = project.start('bg');
  const background = await holder.started();
  expect((await running.result).stdout).toBe('▸ bg\nstarted\n✔ bg <time>\n');
  background.exit(0);
  await background.isGone;
});

test('a background child that prints without end does not hang the run either', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  bg: { run: 'yes & echo started' }\n",
  });
  const { exit, stdout } = await project.run('bg');
  expect(exit).toBe(0);
  expect(stdout).toMatch(/started\n(y\n)+✔ bg <time>\n$/);
});

test.each([
  ['task', (run: string) => `{ timeout: 1s, run: '${run}', `],
  ['service', (run: string) => `{ service: { run: '${run}', ready: { command: test -e held } }, `],
])('`finally` runs when what its %s has left behind has ended, too', async (_, task) => {
  const leaves = 'sh holds.sh >/dev/null 2>&1 & until [ -e held ]; do sleep 0.02; done; wait';
  const look = 'if [ -e held ]; then echo early; else echo in time; fi';
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n  work: ${task(leaves)}finally: '${look}' }\n  use: { needs: [work], run: 'true' }\n`,
    'holds.sh': 'trap "sleep 1; rm held; exit" TERM\ntouch held\nwhile :; do sleep 0.05; done\n',
  });
  const { stdout } = await project.run('use');
  expect(stdout).toMatch(/^(work +\| )?in time$/m);
});

test('what a background child says when its task has ended is not shown, and it lives on', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  bg: { run: '(holder; seq 100000; heard) & echo started' }
  next: { needs: [bg], run: next }
`,
  });
  const [holder, heard, next] = await Promise.all(['holder', 'heard', 'next'].map(project.driven));
  const running = project.start('next');
  const background = await holder?.started();
  const invocation = await next?.started();
  background?.exit(0);
  (await heard?.started())?.exit(0);
  invocation?.exit(0);
  expect((await running.result).stdout).toBe('▸ bg\nstarted\n✔ bg <time>\n▸ next\n✔ next <time>\nok: 2 done, <time>\n');
});

test('`finally` runs after success, failure and time-out', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  good: { run: echo good, finally: echo last of good }
  bad: { run: exit 5, finally: [echo last of bad, echo really] }
  slow: { run: sleep 100, timeout: 200ms, finally: echo last of slow }
`,
  });
  expect((await project.run('good')).stdout).toBe('▸ good\ngood\nlast of good\n✔ good <time>\n');
  const bad = await project.run('bad');
  expect(bad.exit).toBe(5);
  expect(bad.stdout).toContain('▸ bad\nlast of bad\nreally\n✖ bad failed');
  const slow = await project.run('slow');
  expect(slow.exit).toBe(124);
  expect(slow.stdout).toContain('last of slow\n');
});

test('the environment, the folder and the variables of a task are those of the config', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
vars: { greeting: hello, both: '\${greeting} again' }
tasks:
  show:
    env: { WHO: '\${greeting}-x' }
    cwd: sub
    run: 'echo \${both} $WHO $\${HOME:+home} "$(basename "$PWD")"'
`,
    'sub/file': '',
  });
  expect((await project.run('show')).stdout).toBe('▸ show\nhello again hello-x home sub\n✔ show <time>\n');
});

test('a folder that is missing is named', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  show: { cwd: nowhere, run: pwd }\n',
  });
  const { exit, stdout } = await project.run('show');
  expect(exit).toBe(127);
  expect(stdout).toContain('✖ show failed after <time>: its folder `nowhere` does not exist\n');
});

test('so is that of a service, and one that is a file', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  show: { cwd: notes, run: pwd }\n  serve: { cwd: nowhere, service: { run: sleep 9 } }\n',
    notes: '',
  });
  expect((await project.run('show')).stdout).toContain('✖ show failed after <time>: its folder `notes` is no folder\n');
  expect((await project.run('serve')).stdout).toContain(
    '✖ serve failed after <time>: ended by itself: its folder `nowhere` does not exist\n',
  );
});

test('tasks run from any folder of the project, with the folder of the config as theirs', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  where: { run: pwd }\n',
    'a/b/file': '',
  });
  expect((await project.run('where', { cwd: 'a/b' })).stdout).toBe('▸ where\n<project>\n✔ where <time>\n');
});

test('an interactive task has the stdin of the caller, also a piped one; that of others is empty, which is said', async () => {
  const script = (name: string) => `${name}: { NO script: read.ts }`;
  const config = (interactive: boolean) =>
    `version: 1\ntasks:\n  list: { NO run: sort }\n  ask: { NO run: 'read a && echo got $a' }\n  other: { NO run: 'sort list | cat && cat list | { read a; echo $a; }' }\n  ${script('script')}\n`.replaceAll(
      'NO',
      `interactive: ${interactive},`,
    );
  await using project = await createProject({
    'tasks.config.yaml': config(true),
    list: 'd\nc\n',
    'read.ts':
      "import { defineTask } from 'zx-tasks';\nexport const run = defineTask(async ({ $ }) => { await $`sort`; });\n",
  });
  const input = 'b\na\n';
  expect((await project.run('list', { input })).stdout).toBe('▸ list\na\nb\n✔ list <time>\n');
  expect((await project.run('ask', { input })).stdout).toBe('▸ ask\ngot b\n✔ ask <time>\n');
  expect((await project.run('script', { input })).stdout).toBe('▸ script\na\nb\n✔ script <time>\n');
  await project.write('tasks.config.yaml', config(false));
  expect(await project.run('list', { input })).toEqual({
    exit: 0,
    stdout:
      "▸ list\nnote: `list` reads its stdin, which is empty: `interactive: true` gives it the caller's\n✔ list <time>\n",
    stderr: '',
  });
  expect((await project.run('ask', { input })).stdout).toContain(
    "\n  remedy: its stdin is empty: `interactive: true` gives it the caller's\n",
  );
  expect((await project.run('other', { input })).stdout).toBe('▸ other\nc\nd\nd\n✔ other <time>\n');
});

test('a reader that goes away early is no error', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n${Array.from({ length: 2_000 }, (_, index) => `  task-${index}: { about: number ${index} }\n`).join('')}`,
    'head.sh': 'node "$1" --list | head -1; echo "${PIPESTATUS[0]}"',
  });
  const { execFileSync } = await import('node:child_process');
  const bin = `${import.meta.dirname}/../../tasks/runner/bin.cjs`;
  const shown = execFileSync('bash', [project.path('head.sh'), bin], {
    cwd: project.folder,
    env: project.env(),
    encoding: 'utf8',
  });
  expect(shown).toMatch(/^ {2}task-0 .*\n0\n$/);
});

test('a task that must be given words cannot be started by another', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  rec: { args: { name: file, required: true }, run: 'touch deleted ${args}' }\n  all: { needs: [rec] }\n",
  });
  expect(await project.run('all')).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: task `rec` needs a file after its name, so no other task can start it\n',
  });
  await expect(project.read('deleted')).rejects.toThrow();
});

test.each([
  ['run', "echo '${args}'"],
  ['script', 'long.ts'],
])('a command that is too long for the system fails, and how to go on is said: `%s`', async (key, work) => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n  list: { args: { name: files }, ${key}: "${work}" }\n`,
    'long.ts': 'export const run = async ({ $, args }) => { await $`echo ${args}`; };\n',
  });
  const { exit, stdout } = await project.run(
    `list ${Array.from({ length: 9_000 }, () => 'some/path/file.ts').join(' ')}`,
  );
  expect(exit).toBe(127);
  expect(stdout).toContain('✖ list failed after <time>: could not be started: E2BIG\n');
  expect(stdout).toContain(
    '  remedy: it is longer than the system allows (128 KiB on Linux): give fewer words, or a file that lists them\n',
  );
});

test('where there are no more file descriptors the tasks fail that could not be started, and the others end', async () => {
  const names = Array.from({ length: 40 }, (_, index) => index);
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n  wait: { matrix: { of: [${names}] }, run: sleep 1000 }\n`,
  });
  const { spawnSync } = await import('node:child_process');
  const limited = ['-c', 'ulimit -n 64; exec "$@"', 'bash', process.execPath, ...cli('wait --jobs=40 --fail-fast')];
  const { status, stdout, stderr } = spawnSync('bash', limited, {
    cwd: project.folder,
    env: project.env(),
    encoding: 'utf8',
  });
  expect(status).toBe(127);
  expect(stderr).toBe('');
  expect(stdout).toContain('could not be started: EMFILE\n  command: sleep 1000\n');
  expect(stdout).toContain('– wait:0 stopped: another task failed\n');
});

test('a script that waits for what can never come fails its task, and all is done that a failure asks for', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  wait: { script: wait.ts, finally: echo finally }\n  next: { needs: [wait], run: echo next }\n',
    'wait.ts': `export const run = async ({ undoOnFailure }) => {
  undoOnFailure(async () => console.log('undone'));
  await new Promise(() => undefined);
};
`,
  });
  expect(await project.run('next')).toEqual({
    exit: 1,
    stdout: `▸ wait
finally
✖ wait failed after <time>: the script waits for something that can never happen
  remedy: look for an \`await\` of a promise that is never resolved
– next not started: \`wait\` failed
undone
failed: \`wait\` (exit code 1); 0 done, 1 not started, <time>
`,
    stderr: '',
  });
});

test('what a script has begun and not waited for comes to its end', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  begin: { script: begin.ts }\n',
    'begin.ts': `import { writeFileSync } from 'node:fs';
export const run = async () => void setTimeout(() => writeFileSync('late.txt', 'all of it'), 300);
`,
  });
  expect((await project.run('begin')).exit).toBe(0);
  expect(await project.read('late.txt')).toBe('all of it');
});
