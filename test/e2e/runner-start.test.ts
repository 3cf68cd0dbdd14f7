/** A start is quick, and what makes it quick never breaks it. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';
import { openTerminal } from '../helpers/terminal.ts';

const runner = resolve(import.meta.dirname, '../../tasks/runner');
const config = { 'tasks.config.yaml': "version: 1\ntasks:\n  a: { about: does it, run: 'echo hi' }\n" };

/** A copy of the package, so that its compiled code can be damaged. */
async function copyOfRunner(project: Project): Promise<string> {
  const copy = project.path('runner');
  for (const name of ['bin.cjs', 'package.json', 'dist'])
    await cp(join(runner, name), join(copy, name), { recursive: true, filter: (path) => !path.endsWith('.cache') });
  await symlink(join(runner, '../../node_modules'), project.path('runner/node_modules'));
  await project.program('copied', `exec '${process.execPath}' '${copy}/bin.cjs' "$@"`);
  return join(copy, 'dist');
}

const caches = async (folder: string) => (await readdir(folder)).filter((name) => name.startsWith('cli.cjs-'));

test('the compiled code is kept, and damaged or cut code is replaced', async () => {
  await using project = await createProject({
    ...config,
    'outer/tasks.config.yaml': 'version: 1\ntasks:\n  list: { run: copied --list, cwd: .. }\n',
  });
  const dist = await copyOfRunner(project);
  const list = async () => (await project.run('list', { cwd: 'outer' })).stdout;
  const shown = await list();
  expect(shown).toContain('does it');
  const [name = ''] = await caches(dist);
  const good = await readFile(join(dist, name));
  const flipped = Buffer.from(good);
  for (let at = 100; at < good.length / 2; at += 97) flipped[at] = (flipped[at] ?? 0) ^ 0xff;
  for (const bytes of [flipped, good.subarray(0, good.length / 3), Buffer.alloc(0), Buffer.from('x')]) {
    await writeFile(join(dist, name), bytes);
    expect(await list()).toBe(shown);
    expect((await readFile(join(dist, name))).length).toBeGreaterThan(good.length / 2);
  }
});

/** Makes compiled code that V8 takes for that of any program of the same length. */
const plant = `const [, length, file] = process.argv;
const text = "(function(exports){exports.runCli=(isTrial)=>{if(isTrial!==1)console.log('planted')}})".padEnd(length);
const script = new (require('node:vm').Script)(text);
const module = {};
script.runInThisContext()(module);
module.runCli(1);
const data = script.createCachedData();
require('node:fs').writeFileSync(file, Buffer.concat([data, data, Buffer.of(1)]));
`;

test('compiled code comes from the package or a home folder, not from where the runner is started, even without a home', async () => {
  await using project = await createProject({
    ...config,
    'outer/tasks.config.yaml': 'version: 1\ntasks:\n  list: { run: copied --list, cwd: .. }\n',
  });
  const { size, mtimeMs } = await stat(join(await copyOfRunner(project), 'cli.cjs'));
  await mkdir(project.path('.cache/zx-tasks'), { recursive: true });
  const name = `cli.cjs-${process.version}-${process.arch}-${size}-${Math.trunc(mtimeMs)}.cache`;
  const planted = spawnSync(process.execPath, ['-e', plant, String(size), project.path(`.cache/zx-tasks/${name}`)]);
  expect(planted.status).toBe(0);
  const { stdout } = await project.run('list', { cwd: 'outer', env: { HOME: '' } });
  expect(stdout).not.toContain('planted');
  expect(stdout).toContain('does it');
});

test('nothing of ours calls npm or npx', async () => {
  await using project = await createProject(config);
  for (const name of ['npm', 'npx', 'node']) await project.program(name, `echo ${name} >> '${project.folder}/called'`);
  for (const words of ['--list', 'a', '--help a', 'a --dry-run', 'doctor'])
    expect((await project.run(words)).exit).toBe(0);
  await expect(project.read('called')).rejects.toThrow('ENOENT');
});

/** Tells what a run has read of the bundle, and which of Node's costly parts it has loaded. */
const spy = `const fs = require('node:fs');
const { readFileSync } = fs;
const parts = new Set();
fs.readFileSync = (path, ...rest) => {
  if (String(path).endsWith('.cjs')) parts.add(String(path).replace(/.*[/]/, ''));
  return readFileSync(path, ...rest);
};
const costly = ['child_process', 'crypto', 'perf_hooks', 'stream', 'zlib'];
process.once('exit', () => {
  const loaded = costly.filter((name) => process.moduleLoadList.includes('NativeModule ' + name));
  fs.writeFileSync(process.env.SPIED, [...parts, ...loaded].join(' '));
});
`;

test.each([
  { words: '--list', onTerminal: false, loads: '' },
  { words: 'a', onTerminal: false, loads: 'child_process stream' },
  { words: 'tracked', onTerminal: false, loads: 'part-fresh.cjs part-rolldown-runtime.cjs' },
  { words: 'a', onTerminal: true, loads: 'child_process stream' },
  {
    words: 'a --output=list',
    onTerminal: true,
    loads: 'part-listr.cjs part-rolldown-runtime.cjs part-ansi.cjs child_process stream',
  },
])('`$words` loads only what it needs, onTerminal: $onTerminal', async ({ words, onTerminal, loads }) => {
  const text = `${config['tasks.config.yaml']}  tracked: { inputs: ['src/**'], run: 'true' }\n`;
  await using project = await createProject({ 'tasks.config.yaml': text, 'src/a': 'a', 'spy.cjs': spy });
  await project.run('tracked');
  const env = { NODE_OPTIONS: `--require=${project.path('spy.cjs')}`, SPIED: project.path('loaded') };
  if (onTerminal) expect(await openTerminal(project, words, { env }).exit).toBe(0);
  else expect((await project.run(words, { env })).exit).toBe(0);
  expect(await project.read('loaded')).toBe(`bin.cjs cli.cjs ${loads}`.trim());
});
