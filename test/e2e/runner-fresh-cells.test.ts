/** What the tasks of a matrix have written goes with them, so that nothing is left over from a source that was renamed. */
import { existsSync } from 'node:fs';
import { chmod, readdir, rename, rm, symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

const config = (units: string, more = '') => `version: 1
tasks:
  object:
    matrix: { unit: [${units}] }
    inputs: ['src/\${unit}.c']
    outputs: ['out/\${unit}/x.o']
    run: mkdir -p out/\${unit} && cp src/\${unit}.c out/\${unit}/x.o
  app: { needs: [object], inputs: [], outputs: [app], run: cat out/*/x.o > app }
${more}`;

const sources = { 'src/a.c': 'a\n', 'src/b.c': 'b\n' };
const create = (more = '') => createProject({ 'tasks.config.yaml': config('a, b', more), ...sources });
const note = (name: string) =>
  `note: what \`${name}\` wrote is removed, because its matrix no longer makes that task\n`;

async function build(of: Project, words = 'app'): Promise<string> {
  const { exit, stdout, stderr } = await of.run(words);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  return stdout;
}

test('what was made of a source that is renamed is removed, told once, and comes back from the cache', async () => {
  await using project = await create();
  await build(project);
  await rename(project.path('src/b.c'), project.path('src/c.c'));
  await project.write('tasks.config.yaml', config('a, c'));
  expect(await build(project)).toContain(note('object:b'));
  expect(await project.read('app')).toBe('a\nb\n');
  await rm(project.path('src/c.c'));
  await project.write('tasks.config.yaml', config('a'));
  await build(project);
  expect(await project.read('app')).toBe('a\n');
  expect(await build(project)).not.toContain('note');
  await project.write('src/b.c', 'b\n');
  await project.write('tasks.config.yaml', config('a, b'));
  expect(await build(project)).toContain('object:b <time> from the cache');
  expect(await project.read('app')).toBe('a\nb\n');
});

test('nothing is removed where it cannot be read what another task has written, and all of it later', async () => {
  await using project = await create();
  await chmod(project.folder, 0o777);
  const work = async (task: string) => (await project.run(task, { user: 65534 })).stdout;
  await work('app');
  const [name = ''] = (await readdir(project.path('.tasks/state'))).filter((file) => file.startsWith('app-'));
  await project.write('tasks.config.yaml', config('a'));
  await chmod(project.path(`.tasks/state/${name}`), 0o000);
  expect(await work('object')).not.toContain('note');
  expect(await project.read('out/b/x.o')).toBe('b\n');
  await chmod(project.path(`.tasks/state/${name}`), 0o600);
  expect(await work('object')).toContain(note('object:b'));
});

test('a watch removes what a matrix no longer makes, and makes it again', async () => {
  await using project = await create();
  const watch = project.start('app --watch');
  await watch.says('waiting for a change');
  await project.write('tasks.config.yaml', config('a'));
  await watch.says(note('object:b'));
  await watch.says('waiting for a change', 2);
  expect(await project.read('app')).toBe('a\n');
  await project.write('tasks.config.yaml', config('a, b'));
  await watch.says('waiting for a change', 3);
  expect(await project.read('app')).toBe('a\nb\n');
  watch.child.kill('SIGINT');
  expect((await watch.result).exit).toBe(130);
});

test('what somebody has written by hand since stays', async () => {
  await using project = await create();
  await build(project);
  await project.write('out/b/x.o', 'by hand\n');
  await project.write('tasks.config.yaml', config('a'));
  expect(await build(project)).not.toContain('note');
  expect(await project.read('out/b/x.o')).toBe('by hand\n');
});

test('what lies behind a link that has come to lie there stays', async () => {
  await using project = await create();
  await build(project);
  await rename(project.path('out/b'), project.path('kept'));
  await symlink('../kept', project.path('out/b'));
  await project.write('tasks.config.yaml', config('a'));
  expect(await build(project)).not.toContain('note');
  expect(await project.read('kept/x.o')).toBe('b\n');
});

test('sources that a task formatted in place stay', async () => {
  const format = (units: string) =>
    `  format: { matrix: { unit: [${units}] }, inputs: ['src/\${unit}.c'], outputs: ['src/\${unit}.c'], run: 'echo // >> src/\${unit}.c' }\n`;
  await using project = await create(format('a, b'));
  await build(project, 'format');
  await project.write('tasks.config.yaml', config('a, b', format('a')));
  await build(project, 'format');
  expect(await project.read('src/b.c')).toBe('b\n//\n');
});

test.each([
  ['with `inputs`', 'inputs: [src/b.c], '],
  ['without `inputs`', ''],
])('what is now the output of another task %s stays', async (_what, inputs) => {
  const special = `  special: { ${inputs}outputs: [out/b/x.o], run: 'mkdir -p out/b; cp src/b.c out/b/x.o' }\n`;
  await using project = await create();
  await build(project);
  await project.write('tasks.config.yaml', config('a', special));
  await build(project, 'special');
  expect(await build(project)).not.toContain('note');
  expect(await project.read('out/b/x.o')).toBe('b\n');
});

test('what a failed task has left goes too, unless it was edited, and tasks that no matrix has made are left alone', async () => {
  const others = (names: readonly string[], units: string) =>
    `${names.map((name) => `  '${name}': { inputs: [src/a.c], outputs: [${name}.txt], run: touch ${name}.txt }\n`).join('')}
  half: { matrix: { unit: [${units}] }, inputs: [src], outputs: ['half-\${unit}'], run: 'touch half-\${unit} && test \${unit} = a' }\n`;
  await using project = await create(others(['object-d', 'object-e'], 'a, b, c'));
  await build(project, 'app object-d object-e');
  expect((await project.run('half --keep-going')).exit).toBe(1);
  await project.write('half-c', 'by hand');
  await project.write('tasks.config.yaml', config('a', others(['object-e'], 'a')));
  await build(project, 'app half');
  expect(
    ['object-d.txt', 'object-e.txt', 'half-a', 'half-b', 'half-c', 'out/b/x.o'].filter((name) =>
      existsSync(project.path(name)),
    ),
  ).toEqual(['object-d.txt', 'object-e.txt', 'half-a', 'half-c']);
});

test('a task that another run still does is left alone', async () => {
  await using project = await create();
  const copy = await project.driven('copy');
  await build(project);
  await project.write('tasks.config.yaml', config('a, b').replace('&& cp', '&& copy && cp'));
  const other = project.start('object:b');
  const invocation = await copy.started();
  await project.write('out/b/x.o', 'b\n');
  await project.write('tasks.config.yaml', config('a'));
  await build(project);
  expect(await project.read('app')).toBe('a\nb\n');
  invocation.exit(0);
  expect((await other.result).exit).toBe(0);
  expect(await build(project)).toContain(note('object:b'));
});
