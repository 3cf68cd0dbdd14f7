/** The page of recipes is true: each of its configs does what its words ask for. */
import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';
import { read } from '../helpers/tree.ts';

const recipes = [
  ...read('docs/recipes.md').matchAll(/^## (.+)$(?:(?!^## )[\s\S])*?<!-- run: (.+) -->\n```yaml\n([\s\S]*?)```/gm),
].map(([, question = '', words = '', config = '']) => ({ question, words, config }));

const files = {
  'package.json': '{}',
  'src/a.js': 'export const a = 1;\n',
  'src/main.c': '#include "version.h"\n',
  VERSION: '1.0\n',
  Makefile: 'out/app: src/main.c gen/version.h\n\t@mkdir -p out\n\t@cat $^ > $@\n',
  'packages/api/test/a.test.js': '',
  'packages/web/test/a.test.js': '',
  'packages/api/tasks.config.yaml':
    'version: 1\ntasks:\n  build: { inputs: [src], outputs: [dist/a.js], run: mkdir -p dist && cp src/a.js dist }\n',
  'packages/web/tasks.config.yaml':
    'version: 1\ntasks:\n  build: { needs: [api:build], inputs: [], outputs: [web.js], run: cp ../api/dist/a.js web.js }\n',
  'packages/api/src/a.js': 'a\n',
};

const scripts = Object.fromEntries(
  [...read('docs/recipes.md').matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, path = '', text = '']) => [
    path,
    text,
  ]),
);

/** Those programs that no test should need: each says how it was called. */
async function createRecipe(config: string): Promise<Project> {
  const project = await createProject({ ...files, ...scripts, 'tasks.config.yaml': config });
  for (const name of ['node', 'npm', 'tsc', 'prettier', 'eslint', 'brew', 'gcc', 'aarch64-linux-gnu-gcc'])
    await project.program(name, `echo "${name} $*"`);
  // A container goes on until it is stopped.
  const info = '[ "$1" != info ] || ! [ -e down ] || { echo no daemon >&2; exit 1; }';
  await project.program('docker', `[ "$1" = run ] && exec sleep 60\n${info}\necho docker 27.1.0`);
  await project.program('tasks', `exec '${process.execPath}' node_modules/zx-tasks/bin.cjs "$@"`);
  return project;
}

const ranOf = (stdout: string) => stdout.split('\n').flatMap((line) => /^✔ (\S+) /.exec(line)?.[1] ?? []);

const expected: Readonly<Record<string, readonly string[]>> = {
  'build test': ['api:build', 'web:build', 'build', 'test:api', 'test:web', 'test'],
  build: ['install', 'build'],
  app: ['version', 'app'],
  objects: ['objects:x86_64', 'objects:arm64', 'objects'],
  'format check': ['format', 'lint', 'debugger', 'check'],
  test: ['db', 'test'],
  image: ['image'],
  'release --tag=1.2.3 --yes': ['test', 'release'],
  'all release': ['pack:debug', 'pack:release', 'all', 'build', 'release'],
  setup: ['setup:linux', 'setup'],
};

test('each question that has a config is answered by one that is run', () => {
  expect(recipes.map(({ words }) => words)).toEqual(Object.keys(expected));
  expect(read('docs/recipes.md').match(/^version: 1$/gm)).toHaveLength(recipes.length);
});

test.each(recipes)('$question', async ({ words, config }) => {
  await using project = await createRecipe(config);
  const env = { NPM_TOKEN: 'not-to-be-seen', TASKS_PLATFORM: 'linux-x64' };
  const first = await project.run(words, { env });
  expect({ exit: first.exit, stderr: first.stderr }).toEqual({ exit: 0, stderr: '' });
  expect(ranOf(first.stdout).sort()).toEqual([...(expected[words] ?? [])].sort());
});

test('packages are installed when the lock file has changed, or when they are gone', async () => {
  await using project = await createRecipe(recipes.find(({ words }) => words === 'build')?.config ?? '');
  await project.program(
    'npm',
    'cp package-lock.json node_modules/.package-lock.json; echo package > node_modules/a.js',
  );
  await project.program('tsc', 'mkdir -p dist; echo built > dist/a.js');
  const build = async () => ranOf((await project.run('build')).stdout);
  await project.write('package-lock.json', '1\n');
  expect(await build()).toEqual(['install', 'build']);
  expect(await build()).toEqual([]);
  await project.write('package-lock.json', '2\n');
  expect(await build()).toEqual(['install', 'build']);
  await rm(project.path('node_modules/.package-lock.json'));
  await rm(project.path('node_modules/a.js'));
  expect(await build()).toEqual(['install']);
  expect(await project.read('node_modules/a.js')).toBe('package\n');
});

test('a formatter is up to date after it has written, and a linter of another branch need not run again', async () => {
  await using project = await createRecipe(recipes.find(({ words }) => words === 'format check')?.config ?? '');
  await project.program('prettier', 'grep -q ";;" src/a.js && sed -i "s/;;/;/" src/a.js; true');
  await project.write('src/a.js', 'let a;;\n');
  expect((await project.run('format check')).exit).toBe(0);
  const again = await project.run('format check');
  expect(ranOf(again.stdout)).toEqual(['check']);
  await project.write('src/a.js', 'let b;\n');
  await project.run('check');
  await project.write('src/a.js', 'let a;\n');
  expect((await project.run('check')).stdout).toContain('lint <time> from the cache');
  await project.write('src/a.js', 'debugger;\n');
  expect((await project.run('check --keep-going')).exit).toBe(1);
});

test('a release without its token says so, and asks before anything starts', async () => {
  await using project = await createRecipe(recipes.find(({ words }) => words.startsWith('release'))?.config ?? '');
  const { exit, stdout, stderr } = await project.run('release --tag=1.2.3 --yes');
  expect(exit).toBe(2);
  expect(`${stdout}${stderr}`).toContain('NPM_TOKEN: is missing: see docs/release.md');
  expect((await project.run('release --tag=1.2.3')).stderr).toContain('hint: add `--yes` to answer yes');
});

test('a check that fails says why, and what mends it', async () => {
  await using project = await createRecipe(recipes.find(({ words }) => words === 'image')?.config ?? '');
  expect((await project.run('doctor')).stdout).toContain('✔ DK002 docker answers\n');
  await project.write('down', '');
  const { exit, stdout } = await project.run('image');
  expect({ exit, stdout }).toEqual({
    exit: 4,
    stdout: `▸ image
✖ image failed after <time>: this machine is not ready: DK002 docker does not answer
  ✖ DK002 docker does not answer
      why: no daemon
      fix: sudo systemctl start docker
failed: \`image\` (exit code 4); 0 done, <time>
`,
  });
});
