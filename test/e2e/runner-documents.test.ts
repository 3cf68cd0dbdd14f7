/** What the documents say about configs is true: examples are valid, and both sides of the migration page do the same. */
import { spawnSync } from 'node:child_process';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { tasksPage } from '../../ci/generate/tasks.ts';
import { schemaForEditors } from '../../tasks/runner/schemas/for-editors.ts';
import { createProject } from '../helpers/project.ts';
import { files, read } from '../helpers/tree.ts';

const isValid = new Ajv({ strict: false }).compile(JSON.parse(read('tasks/runner/schema.json')) as object);

/** Every whole config of ours in a document: what begins with `version: 1` as a number. */
const examples = files(/\.md$/).flatMap((path) =>
  [...read(path).matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map((match) => match[1] ?? '')
    .filter((text) => (parse(text) as { version?: unknown } | null)?.version === 1)
    .map((text) => ({ path, text })),
);

test('the schema for editors is fresh; `npm run schema -w tasks/runner` writes it', () => {
  expect(read('tasks/runner/schema.json')).toBe(schemaForEditors());
});

test('the tables of the reference are fresh; `npx jiti ci/generate/tasks.ts` writes them', () => {
  expect(read('docs/tasks.md')).toBe(tasksPage(read('docs/tasks.md')));
});

test('this repository’s config and every example in a document are valid for an editor', () => {
  expect(examples.length).toBeGreaterThan(7);
  for (const { path, text } of [{ path: 'tasks.config.yaml', text: read('tasks.config.yaml') }, ...examples]) {
    isValid(parse(text));
    expect(isValid.errors, path).toBeNull();
  }
});

test('every block of shell in a document is one', () => {
  const blocks = files(/\.md$/).flatMap((path) =>
    [...read(path).matchAll(/```(?:sh|bash)\n([\s\S]*?)```/g)].map((match) => ({ path, text: match[1] ?? '' })),
  );
  expect(blocks.length).toBeGreaterThan(5);
  for (const { path, text } of blocks) {
    const { stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
    expect(stderr, path).toBe('');
  }
});

test('a mistake is one for an editor too', () => {
  expect(isValid(parse('version: 1\ntasks:\n  a: { nees: [b] }\n'))).toBe(false);
});

test('every example in a document is valid for the runner', async () => {
  await using project = await createProject({
    'common/tools.yaml': 'version: 1\ntasks: {}\n',
    'here/docs/tasks.config.yaml': 'version: 1\ntasks:\n  build: {}\n',
    'here/packages/api/tasks.config.yaml': 'version: 1\ntasks:\n  build: {}\n',
    'here/packages/web/tasks.config.yaml': 'version: 1\ntasks:\n  build: {}\n',
  });
  for (const { path, text } of examples) {
    await project.write('here/tasks.config.yaml', text);
    expect(await project.run('--graph', { cwd: 'here' }), `${path}: ${text}`).toMatchObject({ exit: 0, stderr: '' });
  }
});

/** `needs: [a, b]` in a sentence, or in what a table says of ours. */
const fragments = [
  ...read('docs/migration.md').matchAll(/^\|.*?[^\\]\|(.*)\|$/gm),
  ...['tasks', 'up-to-date', 'watch'].flatMap((page) => [...read(`docs/${page}.md`).matchAll(/^(?!\|)(.*)$/gm)]),
].flatMap(([, text = '']) => [...text.matchAll(/`([a-z][A-Za-z]+: [^`…|]+)`/g)].map(([, fragment = '']) => fragment));

test('every piece of a config within a sentence or a table is valid for the runner', async () => {
  expect(fragments.length).toBeGreaterThan(10);
  const names = ['other', 'sub', 'docs'];
  const included = names.map((name) => [`${name}/tasks.config.yaml`, 'version: 1\ntasks:\n  all: {}\n'] as const);
  await using project = await createProject({ 'tasks/greet.ts': '', ...Object.fromEntries(included) });
  const include = Object.fromEntries(names.map((name) => [name, `${name}/tasks.config.yaml`]));
  for (const fragment of new Set(fragments)) {
    const own = parse(fragment) as Readonly<Record<string, unknown>>;
    const isOfAll = /^(include|dotenv|vars):/.test(fragment);
    const work = 'script' in own ? {} : { run: 'echo' };
    const task = { ...work, params: { name: {} }, inputs: ['a'], outputs: ['b'], ...(isOfAll ? {} : own) };
    const tasks = { a: {}, b: {}, build: {}, task };
    await project.write('tasks.config.yaml', JSON.stringify({ version: 1, include, tasks, ...(isOfAll ? own : {}) }));
    expect(await project.run('--graph'), fragment).toMatchObject({ exit: 0, stderr: '' });
  }
});

const migrations = [
  ...read('docs/migration.md').matchAll(
    /<!-- example: (\w+) (.+) -->\n```\w+\n([\s\S]*?)```\n\n```yaml\n([\s\S]*?)```/g,
  ),
].map(([, tool = '', words = '', theirs = '', ours = '']) => ({ tool, words, theirs, ours }));

const fileOf: Readonly<Record<string, string>> = {
  make: 'Makefile',
  task: 'Taskfile.yml',
  just: 'justfile',
  npm: 'package.json',
};
const isInstalled = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;

const expectedOutput: Readonly<Record<string, string>> = {
  make: '',
  task: 'hello world\nbye\n',
  just: 'hello you\n',
  npm: 'hello you\n',
};

test('the migration page has an example for each tool', () => {
  expect(migrations.map(({ tool }) => tool)).toEqual(['make', 'task', 'just', 'npm']);
});

for (const { tool, words, theirs, ours } of migrations) {
  const setUp = () =>
    createProject({ [fileOf[tool] ?? '']: theirs, 'tasks.config.yaml': ours, 'list.txt': 'b\na\n', '.env': '' });

  test(`the example for ${tool} runs here`, async () => {
    await using project = await setUp();
    const { exit, stdout } = await project.run(`--quiet ${words}`);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: expectedOutput[tool] });
    expect(await project.read(tool === 'make' ? 'out/words' : 'sorted.txt')).toBe('a\nb\n');
  });

  test.skipIf(!isInstalled(tool))(`the example for ${tool} does the same there`, async () => {
    await using project = await setUp();
    const flags = { just: [], npm: ['--silent', 'run'] }[tool] ?? ['--silent'];
    const { status, stdout } = spawnSync(tool, [...flags, ...words.split(' ')], {
      cwd: project.folder,
      env: project.env(),
      encoding: 'utf8',
    });
    expect({ exit: status, stdout }).toEqual({ exit: 0, stdout: expectedOutput[tool] });
    expect(await project.read(tool === 'make' ? 'out/words' : 'sorted.txt')).toBe('a\nb\n');
  });
}

test('the Makefile of the migration page is converted as the page says', async () => {
  const [{ theirs } = { theirs: '' }] = migrations;
  await using project = await createProject({ Makefile: theirs, 'list.txt': 'b\na\n' });
  expect((await project.run('--import=Makefile')).stdout).toContain('3 tasks, 3 of them without make');
  await project.run('all');
  expect(await project.read('out/words')).toBe('a\nb\n');
});
