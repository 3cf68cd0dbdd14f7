/** What is typed after a task: its flags, its words, what follows `--`; and what is said where something else was meant. */
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

test('names that begin alike are never taken for each other', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  build: { run: echo build }\n  build-all: { run: echo all }\n  'build:x': { run: echo x }\n",
  });
  expect(
    (await project.run('build build:x build-all')).stdout.split('\n').filter((line) => /^\w+$/.test(line)),
  ).toEqual(['build', 'x', 'all']);
  expect((await project.run('buil')).exit).toBe(2);
  expect((await project.run('build-a')).exit).toBe(2);
});

test('a word waits for all before it, also where one of them was needed by another', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  a: { needs: [b], run: a }\n  b: { run: 'echo b' }\n  c: { run: echo after }\n",
  });
  const a = await project.driven('a');
  const running = project.start('a b c --jobs=3');
  (await a.started()).exit(0);
  expect((await running.result).stdout).toContain('▸ a\n✔ a <time>\n▸ c\nafter\n');
  const again = project.start('a b a c --jobs=3');
  (await a.started()).exit(3);
  expect((await again.result).stdout).toContain('– c not started: `a` failed\n');
});

test('what follows `--` goes to the last command as it is', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: [echo first, \'printf "[%s]"\'] }\n',
  });
  expect((await project.run('a -- --list x\\ y $HOME')).stdout).toBe('▸ a\nfirst\n[--list][x y][$HOME]\n✔ a <time>\n');
});

test('params reach the command quoted, and of their type', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
vars: { who: world }
tasks:
  a:
    params: { text: { default: 'a b' }, n: { type: int, default: 1 }, on: { type: bool } }
    run: 'printf "[%s]" \${who} \${text} \${n} \${on}'
`,
  });
  const printed = async (words: string) => (await project.run(words)).stdout.split('\n')[1];
  expect(await printed('a')).toBe('[world][a b][1][false]');
  expect(await printed('a --text=$(id)\\ ;\\ ls --n -3 --on')).toBe('[world][$(id) ; ls][-3][true]');
  expect((await project.run('a --n=x --on=perhaps')).stderr).toBe(
    'error: `--n` of task `a` takes a whole number, not `x`\nerror: `--on` of task `a` takes `true` or `false`, not `perhaps`\n',
  );
});

test('a param that is not given and has no default is empty, whatever its type but bool; a script gets no number', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
vars: { port: '80' }
tasks:
  a:
    params: { port: { type: int }, mode: { type: enum, values: [x] }, text: {}, on: { type: bool } }
    env: { PORT: '\${port}' }
    run: 'printf "[%s]" --port=\${port} "\${port}" "$PORT" \${mode} \${text} \${on}'
  s: { params: { port: { type: int }, text: {} }, inputs: [task.ts], script: task.ts }
`,
    'task.ts': `import { defineTask } from 'zx-tasks';
export const run = defineTask<{ port?: number; text: string }>(async ({ params: { port, text }, log }) => {
  log(JSON.stringify([port ?? 'none', text]));
});
`,
  });
  const printed = async (words: string) => (await project.run(words)).stdout.split('\n')[1];
  expect(await printed('a')).toBe('[--port=][][][][][false]');
  expect(await printed('a --port=0')).toBe('[--port=0][0][0][][][false]');
  expect(await printed('s')).toBe('["none",""]');
  expect(await printed('s --port=0')).toBe('[0,""]');
});

test.each([
  ['-j4 a', 'unknown flag `-j4`, did you mean `--jobs=4`?', 'flags are written in full'],
  ['-n a', 'unknown flag `-n`, did you mean `--dry-run`?', 'flags are written in full'],
  ['--silent a', 'unknown flag `--silent`, did you mean `--quiet`?', "a task's own flags follow its name"],
  ['a --parallel=4', 'task `a` has no flag `--parallel`, did you mean `--jobs=N`?', '`a` has `--fields`'],
  ['a --field', 'task `a` has no flag `--field`, did you mean `--fields`?', '`a` has `--fields`'],
  ['a --no-race', 'task `a` has no flag `--no-race`, did you mean `--race=false`?', '`a` has `--fields`, `--race`'],
  [
    'b --os=mac',
    'task `b` has no flag `--os`',
    '`os` is a key of its matrix, which makes a task of each value: `npx tasks --help b`',
  ],
  ['-C sub a', 'unknown flag `-C`', 'the config is looked for where you are: `cd FOLDER && tasks …`'],
  ['--file=x a', 'unknown flag `--file`', 'the config is looked for where you are: `cd FOLDER && tasks …`'],
  ['-x a', 'unknown flag `-x`', 'flags are written in full'],
])('of `%s`, as other runners take it, the way here is told', async (words, message, hint) => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  a: { params: { fields: {}, race: { type: bool, default: true } }, run: echo ran }
  b: { matrix: { os: [mac, linux] }, run: 'echo \${os}' }
`,
  });
  const { exit, stdout, stderr } = await project.run(words);
  const [first, second] = stderr.split('\n');
  expect({ exit, stdout, first }).toEqual({ exit: 2, stdout: '', first: `error: ${message}` });
  expect(second?.startsWith(`hint: ${hint}`)).toBe(true);
});

test.each([
  ['--mod=fast', '`--mod`, did you mean `--mode`?'],
  ['--mod fast', '`--mod`, did you mean `--mode`?'],
  ['--mode=fast --tga new', '`--tga`, did you mean `--tag`?'],
  ['--mode=fast --rac a', '`--rac`, did you mean `--race`?'],
])('of a flag that is misspelt in `%s` only that is told', async (words, told) => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  a: { run: echo ran }
  build: { params: { mode: { required: true }, tag: {}, race: { type: bool } }, run: 'echo \${mode} \${tag} \${race}' }
`,
  });
  expect(await project.run(`build ${words}`)).toEqual({
    exit: 2,
    stdout: '',
    stderr: `error: task \`build\` has no flag ${told}
hint: \`build\` has \`--mode\`, \`--tag\`, \`--race\`; what follows \`--\` goes to its command
`,
  });
});

test.each([
  ['--job 4 a', 'unknown flag `--job`, did you mean `--jobs`?'],
  ['a --ouptut json', 'task `a` has no flag `--ouptut`, did you mean `--output`?'],
  ['--parallel 4 a', 'unknown flag `--parallel`, did you mean `--jobs=N`?'],
  ['--cwd sub a', 'unknown flag `--cwd`'],
  ['--mode fast a', 'unknown flag `--mode` before any task'],
  ['--nonsense 4 a', 'unknown flag `--nonsense`'],
  ['a --nonsense 4', 'task `a` has no flag `--nonsense`'],
])('of a flag that nobody has in `%s`, its value is not told as an unknown task', async (words, told) => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  a: { params: { mode: {} }, run: 'echo ${mode}' }\n",
  });
  const { exit, stderr } = await project.run(words);
  expect(exit).toBe(2);
  expect(stderr.match(/^error: .*$/gm)).toEqual([`error: ${told}`]);
});

test('what follows a misspelt flag is told, too, where that takes no value or is followed by a task', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: echo ran }\n' });
  const told = async (words: string) => (await project.run(words)).stderr.match(/^error: .*$/gm);
  expect(await told('--verbos b')).toEqual([
    'error: unknown flag `--verbos`, did you mean `--verbose`?',
    'error: unknown task `b`',
  ]);
  expect(await told('--nonsense doctr')).toEqual([
    'error: unknown flag `--nonsense`',
    'error: unknown task `doctr`, did you mean `doctor`?',
  ]);
  expect(await told('--job a --mode')).toEqual([
    'error: unknown flag `--job`, did you mean `--jobs`?',
    'error: task `a` has no flag `--mode`',
  ]);
});

test('of a required flag that stands before its task only that is told', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  a: { params: { mode: { required: true } }, run: 'echo ${mode}' }\n",
  });
  expect(await project.run('--mode=fast a')).toEqual({
    exit: 2,
    stdout: '',
    stderr:
      "error: unknown flag `--mode` before any task\nhint: `a` has it, and a task's own flags follow its name: `npx tasks a --mode=…`\n",
  });
});

test('help says how a flag that is on is switched off', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  a: { params: { race: { type: bool, default: true }, fast: { type: bool } }, run: 'echo ${race}' }\n",
  });
  expect((await project.run('--help a')).stdout).toBe(
    'usage: tasks a [flags]\n\nflags:\n  --race[=false]  (default: true)\n  --fast\n',
  );
  expect((await project.run('a --race=false')).stdout).toContain('\nfalse\n');
});

const aimless = ['--watch', '--force', '--dry-run', '--profile=x', '--only --yes', '--jobs=4', '--engine=podman'];
test.each(aimless)('`%s` needs a task', async (words) => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: echo ran }\n' });
  expect(await project.run(words)).toEqual({
    exit: 2,
    stdout: '',
    stderr: `error: \`${words.replace(/[ =].*/, '')}\` needs a task, and none is named\nhint: \`npx tasks --list\` shows all tasks\n`,
  });
  expect((await project.run('--list --output=plain')).exit).toBe(0);
});

test.each([
  [
    'a word that a task does not take is refused, with those that it takes',
    "build: { args: { name: image, values: [app, base] }, run: 'echo ${args}' }",
    'build bas',
    'error: `bas` is not an image of task `build`, did you mean `base`?\nhint: it takes `app`, `base`\n',
  ],
  [
    'a required param that is not given is named with its values',
    "serve: { params: { mode: { type: enum, values: [a, b], required: true } }, run: 'echo ${mode}' }",
    'serve',
    'error: task `serve` needs `--mode`\nhint: it takes `a`, `b`\n',
  ],
  [
    'a required param with a wrong value is told of once: it is not missing',
    "serve: { params: { mode: { type: enum, values: [a, b], required: true }, to: { required: true } }, run: 'echo ${mode} ${to}' }",
    'serve --mode=c',
    'error: `--mode` of task `serve` takes one of `a`, `b`, not `c`\nerror: task `serve` needs `--to`\nhint: `npx tasks --help serve` describes it\n',
  ],
])('%s', async (_, task, words, stderr) => {
  await using project = await createProject({ 'tasks.config.yaml': `version: 1\ntasks:\n  ${task}\n` });
  expect(await project.run(words)).toEqual({ exit: 2, stdout: '', stderr });
});

test('words after `--` go to the command of a service too, and to each task of a matrix', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  web: { service: { run: serve --port 80 } }
  test: { matrix: { node: [20, 22] }, run: 'echo of \${node}' }
  all: { needs: [test] }
`,
  });
  expect((await project.run('web --dry-run -- --open')).stdout).toContain('service $ serve --port 80 --open\n');
  const { stdout } = await project.run('test --jobs=1 -- --grep x');
  for (const node of [20, 22]) expect(stdout).toContain(`of ${node} --grep x\n`);
  expect((await project.run('all -- x')).stderr).toBe(
    'error: task `all` has no command to take the words after `--`\n',
  );
});

test.each([
  ['help', 'error: unknown task `help`, did you mean `--help`?\nhint: `npx tasks --list` shows all tasks\n'],
  [
    'a PORT=80',
    'error: unknown task `PORT=80`\nhint: a param is written `--name=value` after its task, a variable before the command: `PORT=… npx tasks …`\n',
  ],
  [
    'cell:c',
    'error: unknown task `cell:c`, did you mean `cell:a`?\nhint: `npx tasks --help cell` shows what it makes\n',
  ],
  ['open', 'error: task `open` needs an image after its name\nhint: `npx tasks --help open` describes it\n'],
])('`tasks %s` says what was meant', async (words, stderr) => {
  const open = "{ args: { name: image, required: true }, run: 'echo ${args}' }";
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n  a: { run: echo }\n  open: ${open}\n  cell: { matrix: { x: [a] }, run: echo }\n`,
  });
  expect(await project.run(words)).toEqual({ exit: 2, stdout: '', stderr });
});
