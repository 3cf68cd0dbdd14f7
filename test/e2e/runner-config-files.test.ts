/** Which file is the config, when it is read anew, and what is said where it cannot be read. */
import { execFileSync, execSync } from 'node:child_process';
import { chmod, rename, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { errorsOf } from '../helpers/config-errors.ts';
import { createProject } from '../helpers/project.ts';

test('an empty config is told what it lacks', async () => {
  expect(await errorsOf('')).toMatchInlineSnapshot(`
    "error: \`tasks.config.yaml\` is empty
    hint: it begins with \`version: 1\` and has \`tasks\`
    "
  `);
  expect(await errorsOf('{}')).toMatchInlineSnapshot(`
    "error: the config has no \`version\`
      --> tasks.config.yaml:1:1
       | {}
       | ^^
    hint: it begins with \`version: 1\`
    error: the config has no \`tasks\`
      --> tasks.config.yaml:1:1
       | {}
       | ^^
    "
  `);
});

test('without a config the runner says where it looked', async () => {
  await using project = await createProject({});
  expect(await project.run('--list')).toEqual({
    exit: 3,
    stdout: '',
    stderr: `error: no \`tasks.config.yaml\` in <project> or above
hint: \`npx tasks --init\` writes one to start from, \`npx tasks --import=Makefile\` converts a Makefile
`,
  });
});

test('a config that is called otherwise is named, with what mends it, also where one is to be written', async () => {
  const config = 'version: 1\ntasks:\n  a: { run: echo ran }\n';
  for (const name of ['tasks.config.yml', 'tasks.config.json', 'tasks.yaml', 'tasks.yml']) {
    const text = name.endsWith('.json') ? '{ "version": 1, "tasks": { "a": { "run": "echo ran" } } }' : config;
    await using project = await createProject({ [name]: text, 'sub/file': '', Makefile: 'a:\n\techo a\n' });
    expect((await project.run('a')).stderr).toBe(
      `error: no \`tasks.config.yaml\` in <project> or above, but there is \`${name}\`\nhint: rename it: \`mv ${name} tasks.config.yaml\`\n`,
    );
    expect((await project.run('a', { cwd: 'sub' })).stderr).toContain(
      `hint: rename it: \`mv ../${name} ../tasks.config.yaml\`\n`,
    );
    for (const words of ['--init', '--import=Makefile'])
      expect(await project.run(words)).toEqual({
        exit: 2,
        stdout: '',
        stderr: `error: \`${name}\` looks like a config, but it has another name, so no second one is written\nhint: rename it: \`mv ${name} tasks.config.yaml\`\n`,
      });
    await rename(project.path(name), project.path('tasks.config.yaml'));
    expect((await project.run('a')).stdout).toContain('ran\n');
  }
  await using project = await createProject({ 'tasks.yml': '- name: of another tool\n' });
  expect((await project.run('a')).stderr).toContain('<project> or above\nhint: `npx tasks --init`');
  expect((await project.run('--init')).exit).toBe(0);
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

test.each<[string, (cached: string) => string]>([
  ['cut off', (cached) => cached.slice(0, 20)],
  ['empty', () => ''],
  ['without what it was made of', (cached) => cached.replace(/"files":.*?,"config"/, '"files":null,"config"')],
  ['without its config', (cached) => cached.replace(/"config":.*/, '"config":null}}')],
  ['with another command', (cached) => cached.replaceAll('echo one"', 'echo two"')],
])('a cache of the config that is damaged, %s, is replaced', async (_, damage) => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: echo one }\n' });
  await project.run('--list');
  const cached = await project.read('.tasks/cache/config.json');
  const damaged = damage(cached);
  expect(damaged).not.toBe(cached);
  await project.write('.tasks/cache/config.json', damaged);
  expect((await project.run('a --quiet')).stdout).toBe('one\n');
  expect(await project.read('.tasks/cache/config.json')).toBe(cached);
});

test('a pipe that nobody reads, where the cache of the config lies, is not waited for', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: echo one }\n' });
  await project.run('--list');
  await rm(project.path('.tasks/cache/config.json'));
  execFileSync('mkfifo', [project.path('.tasks/cache/config.json')]);
  expect((await project.run('a --quiet')).stdout).toBe('one\n');
});

test('a file that may not be read is named, and what another user has left of an earlier run is no hindrance', async () => {
  const files = ['tasks.config.yaml', 'docs.yaml', 'known.yaml'];
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ninclude: { docs: docs.yaml }\nmessages: known.yaml\ntasks:\n  a: { run: echo hi }\n',
    'docs.yaml': 'version: 1\ntasks: {}\n',
    'known.yaml': '[]\n',
  });
  await chmod(project.folder, 0o755);
  const run = (words: string) => project.run(words, { user: 65_534 });
  await project.run('a');
  await chmod(project.path('.tasks'), 0o000);
  expect((await run('a --quiet')).stdout).toBe('hi\n');
  for (const file of files.slice(1)) await chmod(project.path(file), 0o000);
  const { exit, stderr } = await run('a');
  expect([exit, stderr.match(/^error: .*/gm)]).toEqual([
    3,
    files
      .slice(1)
      .map((file) => `error: \`${file}\` cannot be read: EACCES: permission denied, open '<project>/${file}'`),
  ]);
  await chmod(project.path('tasks.config.yaml'), 0o000);
  const denied =
    "error: `tasks.config.yaml` cannot be read: EACCES: permission denied, open '<project>/tasks.config.yaml'\n";
  expect(await run('a')).toEqual({ exit: 3, stdout: '', stderr: denied });
  expect((await run('--init')).stderr).toMatch('`tasks.config.yaml` already exists, and is not overwritten');
  await chmod(project.path('.tasks'), 0o755);
});

const odd = {
  'a folder': 'mkdir',
  'a named pipe': 'mkfifo',
  'a socket': `node -e 'require("net").createServer().listen(process.argv[1], () => process.abort())' 2>/dev/null`,
  'a device': 'ln -s /dev/zero',
};

test.each(Object.entries(odd))('%s in the place of a file of the config is told as what it is', async (kind, make) => {
  const config = 'version: 1\ninclude: { docs: odd }\nmessages: odd\ntasks:\n  a: { run: echo ran }\n';
  await using project = await createProject({
    'tasks.config.yaml': config,
    'env/tasks.config.yaml': config.replace(/include.*\n.*/, 'dotenv: odd'),
  });
  for (const place of ['odd', 'env/odd', 'bare/tasks.config.yaml', 'above/tasks.config.yaml'])
    execSync(`mkdir -p $(dirname ${place}) && ulimit -c 0 && ${make} ${place} || true`, { cwd: project.folder });
  await project.write('above/tasks/tasks.config.yaml', 'version: 1\ntasks:\n  a: { run: echo ran }\n');
  const why = `cannot be read: it is ${kind}, where a file is wanted`;
  const errors = async (cwd: string) => {
    const { exit, stdout, stderr } = await project.run('a', { cwd });
    return [exit, stdout, ...(stderr.match(/(?<=^error: ).*/gm) ?? [])];
  };
  expect(await errors('.')).toEqual([3, '', `\`odd\` ${why}`, `\`odd\` ${why}`]);
  expect(await errors('bare')).toEqual([3, '', `\`tasks.config.yaml\` ${why}`]);
  const noWriter = 'cannot be read: it is a pipe to which nobody writes';
  const ofEnv = kind === 'a named pipe' ? noWriter : why;
  expect(await errors('env')).toEqual([3, '', `the dotenv file \`odd\` ${ofEnv}`]);
  expect((await project.run('a --quiet', { cwd: 'above/tasks' })).stdout).toBe('ran\n');
});
