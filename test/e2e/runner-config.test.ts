/** What is wrong in a config is shown with its place, all of it in one run, and nothing is executed. */
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const errorsOf = async (config: string, words = '--list', files: Record<string, string> = {}) => {
  await using project = await createProject({ 'tasks.config.yaml': config, ...files });
  const { exit, stdout, stderr } = await project.run(words);
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' });
  return stderr;
};

test('an unknown task is pointed at, with the name that was probably meant', async () => {
  expect(await errorsOf('version: 1\ntasks:\n  build: { run: make }\n  test:\n    needs: [biuld]\n')).toBe(
    `error: task \`test\` needs unknown task \`biuld\`, did you mean \`build\`?
  --> tasks.config.yaml:5:13
   |     needs: [biuld]
   |             ^^^^^
`,
  );
});

test('all errors are shown in one run, from top to bottom', async () => {
  const config = `version: 2
vars: { image: x }
policy:
  - { on: darwin, forbid: host, tasks: ['nothing:*'], because: reasons, instead: that }
checks:
  clang: { id: TC1, comand: clang --version }
  gcc: { id: GC001, command: gcc --version, version: about 4 }
tasks:
  a:
    neds: [b]
    timeout: soon
    run: echo \${imag} $HOME
  b:
    run: [echo, 5]
    requires: [clangg]
    params: { fix: {}, size: { type: int, default: big } }
    aliases: [a]
`;
  expect(await errorsOf(config)).toBe(`error: \`version\` must be 1, not 2
  --> tasks.config.yaml:1:10
   | version: 2
   |          ^
error: policy names no task with \`nothing:*\`
  --> tasks.config.yaml:4:40
   |   - { on: darwin, forbid: host, tasks: ['nothing:*'], because: reasons, instead: that }
   |                                        ^^^^^^^^^^^
`);
});

test('YAML that cannot be read is pointed at', async () => {
  expect(await errorsOf('version: 1\ntasks:\n  a: { run: [echo }\n')).toBe('');
});

test('a key that is given twice is an error', async () => {
  expect(await errorsOf('version: 1\ntasks:\n  a: { run: echo }\n  a: { run: ls }\n')).toBe('');
});

test('an empty config is told what it lacks', async () => {
  expect(await errorsOf('')).toBe('');
  expect(await errorsOf('{}')).toBe('');
});

test('tasks that need each other are refused with the whole path', async () => {
  expect(
    await errorsOf(
      'version: 1\ntasks:\n  a: { needs: [b] }\n  b: { needs: [c] }\n  c: { needs: [a] }\n  d: { needs: [d] }\n',
      'd',
    ),
  ).toBe('');
});

test('what this version cannot do yet is refused by name, never ignored', async () => {
  expect(await errorsOf('version: 1\nsecrets: [TOKEN]\ntasks:\n  a: { run: make, inputs: [src] }\n')).toBe('');
});

test('keys that exclude each other are named', async () => {
  const config = `version: 1
tasks:
  both: { run: make, script: a.ts }
  boxed: { container: x, script: a.ts }
  doctor: { run: echo }
  words: { run: echo, args: { name: file } }
  noWords: { run: 'echo \${args}' }
`;
  expect(await errorsOf(config)).toBe('');
});

test('known failures are checked with their own places', async () => {
  const messages = '- { pattern: "(", cause: c, remedy: r }\n- { pattern: x, check: TC009, cause: c, remedi: r }\n';
  expect(await errorsOf('version: 1\nmessages: known.yaml\ntasks: {}\n', '--list', { 'known.yaml': messages })).toBe(
    '',
  );
  expect(await errorsOf('version: 1\nmessages: missing.yaml\ntasks: {}\n')).toBe('');
});

test('without a config the runner says where it looked', async () => {
  await using project = await createProject({});
  expect(await project.run('--list')).toEqual({
    exit: 3,
    stdout: '',
    stderr: `error: no \`tasks.config.yaml\` in <project> or above
hint: a project's tasks stand in \`tasks.config.yaml\` at its root
`,
  });
});

test('a config is read anew when it, or its file of known failures, has changed', async () => {
  const config = 'version: 1\nmessages: known.yaml\ntasks:\n  a: { run: echo one }\n';
  await using project = await createProject({ 'tasks.config.yaml': config, 'known.yaml': '[]' });
  expect((await project.run('a')).stdout).toContain('one');
  await project.write('tasks.config.yaml', config.replace('one', 'two'));
  expect((await project.run('a')).stdout).toContain('two');
  expect((await project.run('a')).stdout).toContain('two');
  await project.write('known.yaml', '- 5');
  expect((await project.run('a')).exit).toBe(3);
});

test('a damaged cache of the config is replaced', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: echo one }\n' });
  await project.run('--list');
  await project.write('.tasks/cache/config.json', '{"buildId":');
  expect((await project.run('a')).stdout).toContain('one');
});
