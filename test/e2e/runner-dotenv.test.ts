/** `dotenv` files: as if the caller had set what he has not. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { cli, createProject } from '../helpers/project.ts';

const show = (names: string) => `run: 'echo ${names}'`;

test('a later file wins over an earlier, the caller over both, and the task’s own `env` over all', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
dotenv: [.env, .env.local]
tasks:
  show: { env: { D: task }, ${show('$A $B $C $D')} }
`,
    '.env': 'A=file # a comment\nB=file\nC=file\nD=file\n',
    '.env.local': "export B='local one'\n",
  });
  const { stdout } = await project.run('show', { env: { C: 'caller' } });
  expect(stdout).toBe('▸ show\nfile local one caller task\n✔ show <time>\n');
});

test('one file needs no list, is read anew in each run, and may be missing', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ndotenv: .env\ntasks:\n  show: { ${show('[$A]')} }\n`,
  });
  expect((await project.run('show')).stdout).toContain('[]\n');
  await project.write('.env', 'A=1');
  expect((await project.run('show')).stdout).toContain('[1]\n');
  await project.write('.env', 'A=2');
  expect((await project.run('show')).stdout).toContain('[2]\n');
});

test('a value with a NUL byte is refused, since nothing could be started with it', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ndotenv: .env\ntasks:\n  show: { ${show('$A')} }\n`,
    '.env': 'B=1\nA=a\0b\n',
  });
  const { exit, stderr } = await project.run('show');
  expect({ exit, stderr }).toEqual({
    exit: 3,
    stderr: 'error: line 2 of `.env` has a NUL byte in its value\nhint: leave it out; a text file in UTF-8 has none\n',
  });
});

test('a script and a check see it as well', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
dotenv: .env
checks:
  tool: { id: TL001, command: 'sh -c "echo $TOOL"', version: '>=7' }
tasks:
  show: { requires: [tool], script: show.ts }
`,
    '.env': 'TOOL=7.1\n',
    'show.ts':
      "import type { Context } from 'zx-tasks';\nexport async function run({ log, env, $ }: Context): Promise<undefined> { log(`${env.TOOL}`); await $`echo $TOOL`; }\n",
  });
  expect(await project.run('show')).toEqual({ exit: 0, stdout: '▸ show\n7.1\n7.1\n✔ show <time>\n', stderr: '' });
});

test('the files of an included config are for its tasks only, and win over those of the including one', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ninclude: { docs: docs/tasks.yaml }\ndotenv: .env\ntasks:\n  show: { ${show('$A $B')} }\n`,
    '.env': 'A=root\n',
    'docs/tasks.yaml': `version: 1\ninclude: { api: ../api.yaml }\ndotenv: [.env]\ntasks:\n  show: { ${show('$A $B')} }\n`,
    'docs/.env': 'A=docs\nB=docs\n',
    'api.yaml': `version: 1\ndotenv: [api.env]\ntasks:\n  show: { ${show('$A $B')} }\n`,
    'api.env': 'B=api\n',
  });
  const { stdout } = await project.run('show docs:show docs:api:show');
  expect(stdout.split('\n').filter((line) => /^(root|docs)/.test(line))).toEqual(['root', 'docs docs', 'docs api']);
});

test('two variables of the runner’s own reach a task, and no other: a run within a run is as if typed', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  show: { run: env }\n  script: { script: show.ts }\n',
    'show.ts':
      "import type { Context } from 'zx-tasks';\nexport async function run({ $ }: Context): Promise<undefined> { await $`env`; }\n",
  });
  // What the shells themselves set.
  const ofShells = /^(PWD|OLDPWD|SHLVL|_)=/;
  const PATH = `${project.path('node_modules/.bin')}:${project.env().PATH}`;
  // In which folder it was called, a task cannot know otherwise.
  const given = Object.entries({ ...project.env(), PATH, TASKS_CALLED_FROM: project.folder }).map(
    ([name, value]) => `${name}=${value}`,
  );
  for (const name of ['show', 'script']) {
    const { stdout } = await project.run(name);
    const all = stdout.split('\n').filter((line) => line.includes('=') && !ofShells.test(line));
    // One says which runs are around it: it must not wait for what ends only after them.
    const seen = all.filter((line) => !/^TASKS_AROUND=\d+=(show|script)$/.test(line));
    expect(seen.sort()).toEqual(given.map((line) => line.replaceAll(project.folder, '<project>')).sort());
  }
});

test('a task is told in which folder it was called, which makes nothing stale unless the task names it', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  here: { args: { name: file }, run: 'cd "$TASKS_CALLED_FROM" && cat \${args}' }
  outer: { run: cd b && node $CLI here name }
  plain: { inputs: [], run: echo ran }
  named: { inputs: [], envInputs: [TASKS_CALLED_FROM], run: echo ran }
`,
    'a/name': 'of a\n',
    'b/name': 'of b\n',
  });
  const env = { TASKS_CALLED_FROM: '/elsewhere', CLI: cli('')[0] ?? '' };
  const print = async (words: string, cwd: string) => (await project.run(words, { cwd, env })).stdout.split('\n')[1];
  expect(await print('here name', 'a')).toBe('of a');
  expect(await print('here name', 'b')).toBe('of b');
  expect((await project.run('outer', { cwd: 'a', env })).stdout).toContain('of b\n');
  const ranIn = async (words: string, cwd: string) => (await print(words, cwd)) === 'ran';
  expect([await ranIn('plain', 'a'), await ranIn('plain', 'b')]).toEqual([true, false]);
  expect([await ranIn('named', 'a'), await ranIn('named', 'b'), await ranIn('named', 'b')]).toEqual([
    true,
    true,
    false,
  ]);
});

test('a file that cannot be read is said, and nothing runs', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ndotenv: .env\ntasks:\n  a: { run: echo ran }\n',
  });
  await symlink('.env', project.path('.env'));
  const { exit, stdout, stderr } = await project.run('a');
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' });
  expect(stderr).toContain('error: the dotenv file `.env` cannot be read: ');
});

test('what is written to a named pipe counts as a file of variables, and so does no file at all', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ndotenv: [.env, none]\ntasks:\n  show: { ${show('$A')} }\n`,
  });
  execFileSync('mkfifo', [project.path('.env')]);
  await symlink('/dev/null', project.path('none'));
  const keeper = spawn('sh', ['-c', '{ echo A=from; sleep 0.7; echo B=; } > .env'], { cwd: project.folder });
  onTestFinished(() => {
    keeper.kill('SIGKILL');
  });
  const isClosed = once(keeper, 'close');
  expect((await project.run('show --quiet')).stdout).toBe('from\n');
  await isClosed;
});

test('a secret in such a file is masked, in an included one too, and kept by no cache or log', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ninclude: { docs: docs/tasks.yaml }\ndotenv: .env\nsecrets: [TOKEN]\ntasks:\n  show: { ${show('$TOKEN')} }\n`,
    '.env': 'TOKEN=hush-hush-1\n',
    'docs/tasks.yaml': `version: 1\ndotenv: .env\nsecrets: [KEY]\ntasks:\n  show: { ${show('$TOKEN $KEY')} }\n`,
    'docs/.env': 'TOKEN=hush-hush-2\nKEY=hush-hush-3\n',
  });
  const { exit, stdout, stderr } = await project.run('show docs:show');
  expect(exit).toBe(0);
  expect(stdout + stderr).not.toContain('hush-hush');
  const { stdout: kept } = spawnSync('grep', ['-r', 'hush-hush', '.tasks'], { cwd: project.folder, encoding: 'utf8' });
  expect(kept).toBe('');
});

test.each([
  ['A="x \\"y\\" z"', 'x "y" z'],
  ['A="C:\\dir \\\\new\\nline"', 'C:\\dir \\new\nline'],
  ['A=\'C:\\new "x"\'', 'C:\\new "x"'],
  ['A=`it\'s "x"`# why', 'it\'s "x"'],
  ['export  A = a  b\t# why', 'a  b'],
  ['A=a#b', 'a#b'],
  ['A= # nothing', ''],
  ['A="a # b" # c "d"', 'a # b'],
  ['A="one\r\ntwo"\r\n', 'one\ntwo'],
  ['A=$HOME ${HOME}', '$HOME ${HOME}'],
  ['A=one\u2028two\rthree', 'one\u2028two\rthree'],
  ['\uFEFFA=marked', 'marked'],
])('a value is read whole: %j', async (line, value) => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ndotenv: .env\ntasks:\n  a: { run: \'printf %s "$A" > out\' }\n',
    '.env': line,
  });
  expect(await project.run('a --quiet')).toEqual({ exit: 0, stdout: '', stderr: '' });
  expect(await project.read('out')).toBe(value);
});

test('a value that cannot be read for sure is told with its place, and never cut', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ndotenv: .env\ntasks:\n  a: { run: echo ran }\n',
    '.env': 'A="one" two\nB=\'it\\\'s\'\nC="three\nlines\n" more\nD="open\nE=1\nF=`open\n',
  });
  const { exit, stdout, stderr } = await project.run('a');
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' });
  expect(stderr).toMatchInlineSnapshot(`
    "error: line 1 of \`.env\` continues after the closing double quote
    hint: write \`#\` before a comment, and \`\\"\` for a quote within double quotes
    error: line 2 of \`.env\` continues after the closing single quote
    hint: write \`#\` before a comment, and \`\\"\` for a quote within double quotes
    error: line 3 of \`.env\` continues after the closing double quote
    hint: write \`#\` before a comment, and \`\\"\` for a quote within double quotes
    error: line 6 of \`.env\` has a double quote that is never closed
    hint: close it, or put the value in other quotes
    error: line 8 of \`.env\` has a backtick that is never closed
    hint: close it, or put the value in other quotes
    "
  `);
});

test('a line that is no variable is told with its place, and not shown: it may be a secret', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ndotenv: [.env, good.env]\ntasks:\n  a: { run: \'echo "$A$B$C$D$E"\' }\n',
    '.env': 'A=1\nhush-hush\n=2\n',
    'good.env': '# all of this\n\nA=1\nexport B = 2 # two\nC="3\nthree\n"\nD=\nE=it\'s\n',
  });
  const hint = 'hint: write `NAME=value`, or `#` before a comment\n';
  expect(await project.run('a')).toEqual({
    exit: 3,
    stdout: '',
    stderr: `error: line 2 of \`.env\` is not a variable\n${hint}error: line 3 of \`.env\` is not a variable\n${hint}`,
  });
  await project.write('.env', '');
  expect((await project.run('a')).stdout).toBe("▸ a\n123\nthree\nit's\n✔ a <time>\n");
});

test('a large file that is none of variables is told line by line, also behind values of several lines', async () => {
  const count = 150_000;
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ndotenv: .env\ntasks:\n  show: { ${show('$A')} }\n`,
    '.env': `A="1\n2"\n${'no variable\n'.repeat(count)}`,
  });
  const { exit, stderr } = await project.run('show');
  expect(exit).toBe(3);
  expect(stderr).toMatch(/^error: line 3 of `\.env` is not a variable\n/);
  expect(stderr).toContain(`error: line ${count + 2} of \`.env\` is not a variable\n`);
});
