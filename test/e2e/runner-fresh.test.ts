/** A task that declares `inputs` runs when something it depends on has changed, says what that was, and else does not run. */
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

const config = (task: string, more = '') => `version: 1\n${more}tasks:\n  build: ${task}\n`;
const concat = "{ inputs: ['src/**'], outputs: [out.txt], run: 'echo ran; cat src/* > out.txt' }";
const project = (task = concat, more = '') =>
  createProject({ 'tasks.config.yaml': config(task, more), 'src/a.c': 'aaa\n', 'src/b.c': 'bbb\n' });

const fresh = '– build skipped: up to date\n';

/** Runs `build`: undefined where it was up to date, else why it ran. */
async function why(of: Project, words = 'build', env: Record<string, string> = {}): Promise<string[] | undefined> {
  const { exit, stdout, stderr } = await of.run(`${words} --explain`, { env });
  if (stderr !== '' || exit !== 0) throw new Error(`${exit}: ${stdout}${stderr}`);
  if (stdout === fresh) return undefined;
  return stdout.split('\n').flatMap((line) => (line.startsWith('due to: ') ? [line.slice(8)] : []));
}

test('a task runs once, and again when the content of an input has changed', async () => {
  await using here = await project();
  expect((await here.run('build --explain')).stdout).toBe(
    '▸ build\ndue to: it has not run here yet\nran\n✔ build <time>\n',
  );
  expect((await here.run('build')).stdout).toBe(fresh);
  await here.write('src/a.c', 'xyz\n');
  expect((await here.run('build --explain')).stdout).toBe('▸ build\ndue to: src/a.c changed\nran\n✔ build <time>\n');
  expect(await here.read('out.txt')).toBe('xyz\nbbb\n');
  expect(await why(here)).toBeUndefined();
});

test('`--explain` also says why a task runs that nothing can be compared of', async () => {
  await using here = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  all: { needs: [say] }\n  say: { run: echo said }\n',
  });
  expect((await here.run('all --explain')).stdout).toBe(
    '▸ say\ndue to: it has no `inputs`\nsaid\n✔ say <time>\n▸ all\n✔ all <time>\nok: 2 done, <time>\n',
  );
});

test('an edit that keeps size and time is seen', async () => {
  await using here = await project();
  const at = new Date('2020-01-01T00:00:00Z');
  await utimes(here.path('src/a.c'), at, at);
  await why(here);
  await here.write('src/a.c', 'AAA\n');
  await utimes(here.path('src/a.c'), at, at);
  expect(await why(here)).toEqual(['src/a.c changed']);
});

test('a touched file with the same content is no change', async () => {
  await using here = await project();
  await why(here);
  await here.write('src/a.c', 'aaa\n');
  await utimes(here.path('src/b.c'), new Date(), new Date());
  await link(here.path('src/b.c'), here.path('elsewhere'));
  expect(await why(here)).toBeUndefined();
});

test('a file that is deleted, added with an old date, renamed, or moved is a change that is named', async () => {
  await using here = await project();
  await why(here);
  await rm(here.path('src/a.c'));
  expect(await why(here)).toEqual(['src/a.c is gone']);
  await here.write('src/old.c', 'old\n');
  await utimes(here.path('src/old.c'), new Date('2001-01-01'), new Date('2001-01-01'));
  expect(await why(here)).toEqual(['src/old.c is new']);
  await rename(here.path('src/b.c'), here.path('src/c.c'));
  expect(await why(here)).toEqual(['src/b.c was renamed to src/c.c']);
  await here.write('other/c.c', 'ccc\n');
  await rename(here.path('other/c.c'), here.path('src/c.c'));
  expect(await why(here)).toEqual(['src/c.c changed']);
  expect(await here.read('out.txt')).toBe('ccc\nold\n');
});

test('of many changes the first are named and the others counted', async () => {
  await using here = await project("{ inputs: ['src/**'], run: 'true' }");
  await why(here);
  for (const name of ['c', 'd', 'e', 'f', 'g']) await here.write(`src/${name}`, name);
  expect(await why(here)).toEqual(['src/c is new', 'src/d is new', 'src/e is new', '2 more']);
});

test('an exec bit that is lost or won is a change', async () => {
  await using here = await project("{ inputs: ['src/**'], run: 'true' }");
  await why(here);
  await chmod(here.path('src/a.c'), 0o755);
  expect(await why(here)).toEqual(['src/a.c changed its mode']);
  await chmod(here.path('src/a.c'), 0o700);
  expect(await why(here)).toBeUndefined();
});

test('the command, vars, params, words, env and the config’s globs are part of what is compared', async () => {
  const write = (run: string, extra = '', vars = 'vars: { x: 1 }\n') =>
    config(
      `{ inputs: ['src/a.c'], params: { mode: { default: debug } }, args: { name: word }, run: '${run}'${extra} }`,
      vars,
    );
  await using here = await createProject({ 'tasks.config.yaml': write('echo ${x} ${args}'), 'src/a.c': 'a' });
  await why(here);
  expect(await why(here)).toBeUndefined();
  await here.write('tasks.config.yaml', write('echo ${x} ${args} more'));
  expect(await why(here)).toEqual(['the command changed']);
  await here.write('tasks.config.yaml', write('echo ${x} ${args} more', '', 'vars: { x: 2 }\n'));
  expect(await why(here)).toEqual(['the command changed']);
  expect(await why(here, 'build --mode=release')).toEqual(['param `mode` changed']);
  expect(await why(here, 'build --mode=release word')).toEqual([
    'the command changed',
    'the words after the task changed',
  ]);
  await here.write('tasks.config.yaml', write('echo ${x} ${args} more', ', env: { CC: gcc }', 'vars: { x: 2 }\n'));
  expect(await why(here, 'build --mode=release word')).toEqual(['`env` `CC` is new']);
  await here.write('tasks.config.yaml', write('echo ${x} ${args} more', ', outputs: [z]', 'vars: { x: 2 }\n'));
  expect(await why(here, 'build --mode=release word')).toEqual([
    '`outputs` in the config changed',
    '`env` `CC` is gone',
    'output z was not written',
  ]);
});

test('a variable named in `envInputs` is compared, told by its name, and never by its value', async () => {
  await using here = await project("{ inputs: [], envInputs: [TOKEN, CC], run: 'true' }");
  await why(here, 'build', { TOKEN: 'first-secret' });
  expect(await why(here, 'build', { TOKEN: 'first-secret', OTHER: '1' })).toBeUndefined();
  const { stdout } = await here.run('build --explain --output=json', { env: { TOKEN: 'second-secret', CC: '' } });
  expect(stdout).toContain('["variable `TOKEN` changed","variable `CC` changed"]');
  expect(stdout).not.toContain('secret');
  const states = await readdir(here.path('.tasks/state'));
  for (const name of states) {
    expect(await readFile(here.path(`.tasks/state/${name}`), 'latin1')).not.toContain('-secret');
  }
});

test('an input that is named twice is one', async () => {
  await using here = await project(
    "{ inputs: [src, { command: 'echo x' }, { command: echo x }], envInputs: [MODE, MODE], requires: [sh, sh], run: 'true' }",
    'checks: { sh: { id: TC001, command: echo 1.0.0, version: 1.x } }\n',
  );
  await why(here);
  expect(await why(here)).toBeUndefined();
});

test('the steps that run at the end in any case are part of what is compared', async () => {
  const task = (step: string) => `{ inputs: [src], outputs: [out], run: 'echo 1 > out', finally: '${step}' }`;
  await using here = await project(task('echo 2 >> out'));
  await why(here);
  expect(await why(here)).toBeUndefined();
  await here.write('tasks.config.yaml', config(task('echo 3 >> out')));
  expect(await why(here)).toEqual(['its `finally` changed']);
  expect(await here.read('out')).toBe('1\n3\n');
});

test('another version of a tool that a check asks for is a change', async () => {
  const checks = "checks:\n  cc: { id: TC001, command: cc-version, version: '>=1' }\n";
  await using here = await project("{ requires: [cc], inputs: [src], run: 'true' }", checks);
  await here.program('cc-version', 'echo "cc (build 7) 1.2.3"');
  await why(here);
  expect(await why(here)).toBeUndefined();
  await here.program('cc-version', 'echo "cc (build 8) 1.10.0"');
  expect(await why(here)).toEqual(['tool `cc` changed from 1.2.3 to 1.10.0']);
});

test('what a command prints can be an input, and one that fails makes the task run', async () => {
  await using here = await project("{ inputs: [{ command: stamp }], run: 'true' }");
  await here.program('stamp', 'echo one');
  await why(here);
  expect(await why(here)).toBeUndefined();
  await here.program('stamp', 'echo two');
  expect(await why(here)).toEqual(['the output of `stamp` changed']);
  await here.program('stamp', 'exit 3');
  expect(await why(here)).toEqual(['the input `stamp` ended with 3', 'the output of `stamp` is gone']);
  expect(await why(here)).toEqual(['the input `stamp` ended with 3', 'its last run had inputs that could not be read']);
});

test('a command in `inputs` may print more than a text can hold', { timeout: 120_000 }, async () => {
  await using here = await project("{ inputs: [{ command: 'head -c 540000000 /dev/zero; cat stamp' }], run: 'true' }");
  await here.write('stamp', 'a');
  expect((await here.run('build')).exit).toBe(0);
  expect((await here.run('build')).stdout).toBe('– build skipped: up to date\n');
});

test('what a command prints is compared byte by byte', async () => {
  await using here = await project("{ inputs: [{ command: cat stamp }], run: 'true' }");
  await writeFile(here.path('stamp'), Buffer.from([0xff]));
  await why(here);
  expect(await why(here)).toBeUndefined();
  await writeFile(here.path('stamp'), Buffer.from([0xfe]));
  expect(await why(here)).toEqual(['the output of `cat stamp` changed']);
});

test('an edited script is another script', async () => {
  const script = (text: string) => `export const run = async ({ log }) => log('${text}');\n`;
  await using here = await createProject({
    'tasks.config.yaml': config('{ inputs: [], script: build.mjs }'),
    'build.mjs': script('one'),
  });
  await why(here);
  expect(await why(here)).toBeUndefined();
  await here.write('build.mjs', script('two'));
  expect(await why(here)).toEqual(['the script `build.mjs` changed']);
});

test('an output that was deleted, or edited by hand, is made again', async () => {
  await using here = await project("{ inputs: ['src/**'], outputs: ['out/*'], run: 'mkdir -p out; cp src/* out' }");
  await why(here);
  await rm(here.path('out/a.c'));
  expect(await why(here)).toEqual(['output out/a.c is gone']);
  await here.write('out/b.c', 'by hand\n');
  expect(await why(here)).toEqual(['output out/b.c changed']);
  expect(await here.read('out/b.c')).toBe('bbb\n');
  await chmod(here.path('out/b.c'), 0o755);
  expect(await why(here)).toEqual(['output out/b.c changed its mode']);
  expect(await why(here)).toBeUndefined();
});

test('what an earlier run has left over is removed, and what somebody else put there is not', async () => {
  await using here = await project("{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out; cp src/* out' }");
  await here.write('out/notes.md', 'mine\n');
  await why(here);
  await rm(here.path('src/b.c'));
  await here.write('out/later.md', 'mine too\n');
  await why(here);
  expect((await readdir(here.path('out'))).sort()).toEqual(['a.c', 'later.md', 'notes.md']);
});

test('a folder that an earlier run made is not in the way of a file, and one that somebody else made stays', async () => {
  await using here = await project("{ inputs: [src], outputs: [out], run: 'mkdir -p out; cp -r src/* out' }");
  await mkdir(here.path('out/mine'), { recursive: true });
  const change = async (name: string, files: Record<string, string>) => {
    await rm(here.path(`src/${name}`), { recursive: true });
    for (const [path, text] of Object.entries(files)) await here.write(path, text);
  };
  await why(here);
  await change('a.c', { 'src/a.c/deep/x': '1' });
  expect(await why(here)).toEqual(['src/a.c/deep/x is new', 'src/a.c is gone']);
  await change('a.c', { 'src/a.c': '2' });
  expect(await why(here)).toEqual(['src/a.c is new', 'src/a.c/deep/x is gone']);
  expect(await here.read('out/a.c')).toBe('2');
  await change('a.c', { 'src/a.c/deep/x': '1' });
  expect((await here.run('build')).stdout).toContain('from the cache');
  expect(await here.read('out/a.c/deep/x')).toBe('1');
  await change('a.c', { 'src/a.c': '2' });
  expect((await here.run('build')).stdout).toContain('from the cache');
  expect((await readdir(here.path('out'))).sort()).toEqual(['a.c', 'b.c', 'mine']);
});

test('the folder of the outputs stays the same one, for a server or a shell that is in it', async () => {
  await using here = await project("{ inputs: [src], outputs: [out], run: 'mkdir -p out; cp src/* out' }");
  await why(here);
  const before = await stat(here.path('out'));
  await here.write('src/a.c', 'changed');
  await why(here);
  expect((await stat(here.path('out'))).ino).toBe(before.ino);
});

test.each([
  ['the folder', '[dist]'],
  ['a glob', "['dist/*.c']"],
])('what lies behind a link to a folder in the place of outputs is compared too, with %s', async (_how, outputs) => {
  await using here = await project(`{ inputs: [src], outputs: ${outputs}, run: 'cp src/* dist/' }`);
  await mkdir(here.path('fast'));
  await symlink('fast', here.path('dist'));
  await here.write('fast/mine.c', 'mine\n');
  await why(here);
  expect(await why(here)).toBeUndefined();
  await rm(here.path('fast/a.c'));
  expect(await why(here)).toEqual(['output dist/a.c is gone']);
  await here.write('fast/b.c', 'by hand\n');
  expect(await why(here)).toEqual(['output dist/b.c changed']);
  expect((await readdir(here.path('fast'))).sort()).toEqual(['a.c', 'b.c', 'mine.c']);
});

test('a link to a folder that the task itself makes is its output, and not what lies behind it', async () => {
  await using here = await project(
    "{ inputs: [src], outputs: [current], run: 'mkdir -p releases/1; touch releases/1/x; ln -sfn releases/1 current' }",
  );
  await why(here);
  await here.write('releases/1/x', 'changed\n');
  expect(await why(here)).toBeUndefined();
  await rm(here.path('current'));
  expect((await here.run('build')).stdout).toContain('from the cache');
  expect(await here.read('current/x')).toBe('changed\n');
});

test('an incremental task finds what its last run has left', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: [out], incremental: true, run: 'mkdir -p out; cat out/log; echo x >> out/log' }",
  );
  await why(here);
  await here.write('src/a.c', 'changed');
  expect((await here.run('build')).stdout).toBe('▸ build\nx\n✔ build <time>\n');
});

test('a task that rewrites its inputs in place is up to date afterwards', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: ['src/**'], run: 'for f in src/*; do tr a-z A-Z < $f > $f.new; mv $f.new $f; done' }",
  );
  await why(here);
  expect(await here.read('src/a.c')).toBe('AAA\n');
  expect(await why(here)).toBeUndefined();
  await here.write('src/a.c', 'new text\n');
  expect(await why(here)).toEqual(['output src/a.c changed']);
  expect(await here.read('src/a.c')).toBe('NEW TEXT\n');
  await here.write('src/new.c', 'new\n');
  expect(await why(here)).toEqual(['src/new.c is new']);
  expect(await here.read('src/new.c')).toBe('NEW\n');
  expect(await why(here)).toBeUndefined();
});

test('an output that was promised and not written is told, and the task stays out of date', async () => {
  await using here = await project("{ inputs: ['src/**'], outputs: [out.txt], run: 'true' }");
  expect((await here.run('build')).stdout).toBe(
    '▸ build\nnote: task `build` did not write its output `out.txt`\n✔ build <time>\n',
  );
  expect(await why(here)).toEqual(['output out.txt was not written']);
});

test('an output may be a folder in which there was nothing to write', async () => {
  const run = 'rm -rf dist; mkdir dist; cp $(ls src/*.js 2>/dev/null) dist/ 2>/dev/null || true';
  await using here = await project(`{ inputs: ['src/**'], outputs: [dist/], run: '${run}' }`);
  await why(here);
  expect(await why(here)).toBeUndefined();
  await rm(here.path('dist'), { recursive: true });
  expect(await why(here)).toEqual(['output dist is gone']);
  await rm(here.path('dist'), { recursive: true });
  await here.write('dist', 'no folder');
  expect(await why(here)).toEqual(['output dist is gone']);
  await here.write('src/x.js', '');
  expect(await why(here)).toEqual(['src/x.js is new']);
  await rm(here.path('src/x.js'));
  expect(await why(here)).toEqual(['src/x.js is gone']);
  expect(await readdir(here.path('dist'))).toEqual([]);
  expect(await why(here)).toBeUndefined();
});

test('an empty output that was there before says how it comes to be one that the task made', async () => {
  await using here = await project("{ inputs: ['src/**'], outputs: ['a b'], run: 'mkdir -p \"a b\"' }");
  await mkdir(here.path('a b'));
  const told =
    "note: task `build` did not write its output `a b`, which was there and empty before, so it runs each time; if the folder is to be empty, `rmdir 'a b'` lets the task create it\n";
  for (let time = 0; time < 2; time++) expect((await here.run('build')).stdout).toContain(told);
  await rmdir(here.path('a b'));
  expect((await here.run('build')).stdout).not.toContain('note');
  expect(await why(here)).toBeUndefined();
});

test('a folder that was there, and to which a task has not written, is no output of it', async () => {
  const make = (run: string) => config(`{ inputs: ['src/**'], outputs: [dist], run: '${run}' }`);
  await using here = await createProject({ 'tasks.config.yaml': make('exit 1'), 'src/a.c': '' });
  await mkdir(here.path('dist'));
  expect((await here.run('build')).exit).toBe(1);
  await here.write('tasks.config.yaml', make('mkdir -p dost'));
  for (let time = 0; time < 2; time++)
    expect((await here.run('build')).stdout).toContain('did not write its output `dist`');
  await rm(here.path('dist'), { recursive: true });
  await here.write('tasks.config.yaml', make('mkdir dist; exit 1'));
  expect((await here.run('build')).exit).toBe(1);
  await here.write('tasks.config.yaml', make('mkdir -p dist'));
  expect((await here.run('build')).stdout).not.toContain('did not write');
  expect(await why(here)).toBeUndefined();
});

test('a run that failed is never up to date, also when the inputs go back to what once succeeded', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: [out.txt], run: 'cat src/* > out.txt; grep -q good src/a.c' }",
  );
  await here.write('src/a.c', 'good\n');
  await why(here);
  await here.write('src/a.c', 'bad\n');
  expect((await here.run('build')).exit).toBe(1);
  await here.write('src/a.c', 'good\n');
  expect(await why(here)).toContain('its last run did not succeed');
  expect(await here.read('out.txt')).toBe('good\nbbb\n');
  await here.write('src/a.c', 'bad\n');
  await here.run('build');
  expect((await here.run('build')).exit).toBe(1);
});

test('a runner that was killed leaves no state that says done', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out; echo half > out/tmp; work; echo whole > out/x' }",
  );
  const work = await here.driven('work');
  const running = here.start('build');
  const started = await work.started();
  running.child.kill('SIGKILL');
  await started.isGone;
  await here.write(
    'tasks.config.yaml',
    (await here.read('tasks.config.yaml')).replace('echo half > out/tmp; work; ', ''),
  );
  expect(await why(here)).toContain('its last run did not finish');
  expect(await readdir(here.path('out'))).toEqual(['x']);
});

test('an input that is edited while the task runs makes the next run run', async () => {
  await using here = await project("{ inputs: ['src/**'], outputs: [out.txt], run: 'cat src/* > out.txt; work' }");
  const work = await here.driven('work');
  const running = here.start('build');
  const started = await work.started();
  await here.write('src/a.c', 'new\n');
  started.exit(0);
  expect((await running.result).exit).toBe(0);
  const again = here.start('build --explain');
  (await work.started()).exit(0);
  expect((await again.result).stdout).toContain('due to: src/a.c changed while it ran\n');
  expect(await here.read('out.txt')).toBe('new\nbbb\n');
});

test('what a command prints is asked again at the end: who knows which answer the task has worked with', async () => {
  await using here = await project(
    "{ inputs: [{ command: cat stamp }], outputs: [out.txt], run: 'work; cp stamp out.txt' }",
  );
  await here.write('stamp', 'one');
  const work = await here.driven('work');
  const running = here.start('build');
  const started = await work.started();
  await here.write('stamp', 'two');
  started.exit(0);
  await running.result;
  await here.write('stamp', 'one');
  const again = here.start('build --explain');
  (await work.started()).exit(0);
  expect((await again.result).stdout).toContain('due to: the output of `cat stamp` changed while it ran\n');
  expect(await here.read('out.txt')).toBe('one');
});

test('an input that was moved away, replaced and moved back while the task ran is one that changed', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: [out.txt], run: 'work; cat src/* > out.txt; work' }",
  );
  const work = await here.driven('work');
  const running = here.start('build');
  const first = await work.started();
  await rename(here.path('src/a.c'), here.path('kept'));
  await here.write('src/a.c', 'other\n');
  first.exit(0);
  const second = await work.started();
  await rename(here.path('kept'), here.path('src/a.c'));
  second.exit(0);
  await running.result;
  expect(await here.read('out.txt')).toBe('other\nbbb\n');
  const again = here.start('build --explain');
  (await work.started()).exit(0);
  (await work.started()).exit(0);
  expect((await again.result).stdout).toContain('due to: src/a.c changed while it ran\n');
  expect(await here.read('out.txt')).toBe('aaa\nbbb\n');
});

test('what lies in a folder that was moved away, replaced and moved back is what changed', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: [out.txt], run: 'work; cat src/in/x > out.txt; work' }",
  );
  await here.write('src/in/x', 'right\n');
  const work = await here.driven('work');
  const running = here.start('build');
  const first = await work.started();
  await rename(here.path('src/in'), here.path('kept'));
  await here.write('src/in/x', 'other\n');
  first.exit(0);
  const second = await work.started();
  await rm(here.path('src/in'), { recursive: true });
  await rename(here.path('kept'), here.path('src/in'));
  second.exit(0);
  await running.result;
  const again = here.start('build --explain');
  (await work.started()).exit(0);
  (await work.started()).exit(0);
  expect((await again.result).stdout).toContain('due to: src/in/x changed while it ran\n');
  expect(await here.read('out.txt')).toBe('right\n');
});

test.each([
  ['a folder of its inputs', 'chmod 755 src/in'],
  ['its inputs', 'chmod 644 src/a.c'],
  ['its inputs and their folders', 'chmod -R u+rw src; touch -d 2001-01-01 src/in'],
])('a task that gives %s permissions or times is up to date after a second run at the latest', async (_, command) => {
  await using here = await project(
    `{ inputs: ['src/**', '!src/out.o'], outputs: [src/out.o], run: '${command}; cat src/*.c > src/out.o' }`,
  );
  await here.write('src/in/x', 'x\n');
  await here.run('build');
  await here.run('build');
  expect(await why(here)).toBeUndefined();
  await here.write('src/b.c', 'new\n');
  expect(await why(here)).toEqual(['src/b.c changed']);
  expect(await why(here)).toBeUndefined();
});

test('an input that has its old content again when the task ends was read nobody knows how', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: [out.txt], run: 'work; cat src/* > out.txt; work' }",
  );
  const work = await here.driven('work');
  const running = here.start('build');
  const first = await work.started();
  await here.write('src/a.c', 'other\n');
  first.exit(0);
  const second = await work.started();
  await here.write('src/a.c', 'aaa\n');
  second.exit(0);
  await running.result;
  const again = here.start('build --explain');
  (await work.started()).exit(0);
  (await work.started()).exit(0);
  expect((await again.result).stdout).toContain('due to: src/a.c changed while it ran\n');
  expect(await here.read('out.txt')).toBe('aaa\nbbb\n');
});

test.each([
  ['half of it', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['nothing', () => Buffer.alloc(0)],
  ['one flipped byte', (bytes: Buffer) => bytes.map((byte, at) => (at === bytes.length - 9 ? byte ^ 1 : byte))],
  ['other bytes', () => Buffer.from('hello')],
])('a state of which %s is left is no state', async (_what, damage) => {
  await using here = await project();
  await why(here);
  const [name = ''] = (await readdir(here.path('.tasks/state'))).filter((file) => file.startsWith('build-'));
  const file = here.path(`.tasks/state/${name}`);
  await writeFile(file, damage(await readFile(file)));
  expect(await why(here)).toEqual(['the record of its last run in `.tasks` is damaged']);
  expect(await why(here)).toBeUndefined();
});

test('tasks whose names differ only in signs or case have their own state', async () => {
  const names = ['a:b', 'a-b', 'a.b', 'A-b'];
  const tasks = names.map((name) => `  '${name}': { inputs: [src], run: echo ${name} }\n`).join('');
  await using here = await createProject({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}`, 'src/a': 'a' });
  for (const name of names) expect((await here.run(name)).stdout).toContain(`▸ ${name}\n`);
  for (const name of names) expect((await here.run(name)).stdout).toBe(`– ${name} skipped: up to date\n`);
});

test('`--force` runs what is up to date', async () => {
  await using here = await project();
  await why(here);
  expect(await why(here, 'build --force')).toEqual(['`--force` was given']);
  expect(await why(here)).toBeUndefined();
});

test('a task that needs one that wrote something else runs too, and one that needs the same does not', async () => {
  await using here = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  gen: { inputs: [src], outputs: [gen.txt], run: 'sort -u src/* > gen.txt' }
  group: { needs: [gen] }
  use: { needs: [group], inputs: [], outputs: [use.txt], run: 'cp gen.txt use.txt' }
`,
    'src/a': 'x\n',
  });
  await here.run('use');
  await here.write('src/a', 'x\nx\n');
  const same = await here.run('use');
  expect(same.stdout).toContain('✔ gen');
  expect(same.stdout).toContain('– use skipped: up to date\n');
  await here.write('src/a', 'y\n');
  expect((await here.run('use --explain')).stdout).toContain('▸ use\ndue to: gen.txt changed\n');
  expect(await here.read('use.txt')).toBe('y\n');
  expect((await here.run('use --only')).stdout).toBe('– use skipped: up to date\n');
});

test('what tasks write that are needed only by others is no input, and `!` leaves out what of the needed ones is not read', async () => {
  await using here = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  first: { inputs: [a], outputs: [first.txt], run: cp a first.txt }
  second: { needs: [first], inputs: ['!*.map'], outputs: [second.txt, second.map], run: 'cat first.txt > second.map && echo same > second.txt' }
  third: { needs: [second], inputs: ['!*.map'], run: cat second.txt }
`,
    a: '1',
  });
  await here.run('third');
  await here.write('a', '2');
  expect((await here.run('third')).stdout).toContain('– third skipped: up to date\n');
  expect(await here.read('second.map')).toBe('2');
});

test('`--dry-run` says what is up to date and why the rest runs, starts nothing and keeps nothing', async () => {
  await using here = await project(
    "{ inputs: ['src/**', { command: 'echo x >> started' }], outputs: [out.txt], run: 'cat src/* > out.txt' }",
  );
  const dry = async () => (await here.run('build --dry-run')).stdout;
  expect(await dry()).toContain('due to: it has not run here yet');
  expect(await readdir(here.path('.tasks'))).not.toContain('state');
  await why(here);
  const before = await stateOf(here);
  const started = await here.read('started');
  expect(await dry()).toBe('1. build is up to date, unless `echo x >> started` prints something else\n');
  await here.write('src/a.c', 'new\n');
  expect(await dry()).toContain('     due to: src/a.c changed\n');
  expect(await here.read('started')).toBe(started);
  expect(await stateOf(here)).toEqual(before);
});

async function stateOf(here: Project): Promise<unknown> {
  const names = await readdir(here.path('.tasks/state'));
  return await Promise.all(names.map(async (name) => [name, (await stat(here.path(`.tasks/state/${name}`))).mtimeMs]));
}

test('a dry run says of what is up to date which task that runs before it may change that', async () => {
  await using here = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  one: { inputs: [src/a.c], outputs: [one], run: 'cat src/a.c > one' }
  two: { needs: [one], inputs: [src/b.c], run: 'true' }
  three: { needs: [two], inputs: [src/b.c], run: 'true' }
`,
    'src/a.c': 'a\n',
    'src/b.c': 'b\n',
  });
  await here.run('three');
  expect((await here.run('three --dry-run')).stdout).toBe(
    '1. one is up to date\n2. two is up to date\n3. three is up to date\n',
  );
  await here.write('src/a.c', 'new\n');
  expect((await here.run('three --dry-run')).stdout).toContain(
    '2. two is up to date, unless `one` writes something else\n3. three is up to date, unless `two` writes something else\n',
  );
});

test('a dry run asks no command that is an input, and says what depends on it', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  build: { inputs: [src, { command: 'echo asked >> asked; cat stamp' }], run: echo built }\n",
    src: '',
    stamp: 'one',
  });
  const dryRun = async (): Promise<string> => (await project.run('build --dry-run')).stdout;
  expect(await dryRun()).toContain('due to: it has not run here yet');
  await expect(project.read('asked')).rejects.toThrow();
  await project.run('build');
  const asked = await project.read('asked');
  await project.write('stamp', 'two');
  expect(await dryRun()).toBe(
    '1. build is up to date, unless `echo asked >> asked; cat stamp` prints something else\n',
  );
  expect(await project.read('asked')).toBe(asked);
  expect((await project.run('build --explain')).stdout).toContain(
    'due to: the output of `echo asked >> asked; cat stamp` changed',
  );
});

test('a state of another day, in the future or the past, is compared by content', async () => {
  await using here = await project();
  const future = new Date(Date.now() + 86_400_000);
  await utimes(here.path('src/a.c'), future, future);
  await why(here);
  expect(await why(here)).toBeUndefined();
  await here.write('src/a.c', 'AAA\n');
  await utimes(here.path('src/a.c'), future, future);
  expect(await why(here)).toEqual(['src/a.c changed']);
});

test('inputs that match nothing at all are told', async () => {
  await using here = await project("{ inputs: ['srcc/**'], run: 'true' }");
  expect((await here.run('build')).stdout).toBe(
    'note: the `inputs` of task `build` match no file\n▸ build\n✔ build <time>\n',
  );
  await mkdir(here.path('srcc'));
  await here.write('srcc/x', 'x');
  expect(await why(here)).toEqual(['srcc/x is new']);
});

test('a link to a file that is too large to be read at once is an input like others', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  t: { inputs: ['src/**'], run: 'true' }\n",
    large: '',
    'src/small': '',
  });
  await truncate(project.path('large'), 2 ** 31 + 1);
  await symlink('../large', project.path('src/link'));
  expect((await project.run('t --explain')).stdout).toContain('✔ t');
  expect((await project.run('t --explain')).stdout).toContain('up to date');
});

test('links are followed: what is behind them counts, and one that leads back up or nowhere ends there', async () => {
  await using here = await createProject({
    'tasks.config.yaml': config("{ inputs: ['src/**'], run: 'true' }"),
    'lib/deep/x.h': 'x',
    'target.h': 't',
    'src/a': 'a',
  });
  await symlink('../lib', here.path('src/lib'));
  await symlink('../target.h', here.path('src/t.h'));
  await symlink('..', here.path('src/up'));
  await symlink('loop', here.path('src/loop'));
  await symlink('nowhere', here.path('src/dangling'));
  await why(here);
  expect(await why(here)).toBeUndefined();
  await here.write('lib/deep/x.h', 'y');
  expect(await why(here)).toEqual(['src/lib/deep/x.h changed']);
  await here.write('target.h', 'u');
  expect(await why(here)).toEqual(['src/t.h changed']);
  await here.write('src/nowhere', 'here now');
  expect(await why(here)).toEqual(['src/dangling changed', 'src/nowhere is new']);
  await rm(here.path('src/dangling'));
  await symlink('elsewhere', here.path('src/dangling'));
  expect(await why(here)).toEqual(['src/dangling changed']);
});

test('where links make more and more ways to the same folders, the inputs are refused with what to leave out', async () => {
  const count = 24;
  const folders = Array.from({ length: count }, (_, index) => [`src/d${index}/f`, 'x'] as const);
  const tasks = { build: { inputs: ['src/d0/**'], run: ':' }, fine: { inputs: ['src/d0/**', '!**/b'], run: ':' } };
  await using here = await createProject({
    'tasks.config.yaml': JSON.stringify({ version: 1, tasks }),
    ...Object.fromEntries(folders),
  });
  for (let index = 1; index < count; index++) {
    for (const name of ['a', 'b']) await symlink(`../d${index}`, here.path(`src/d${index - 1}/${name}`));
  }
  const { exit, stderr } = await here.run('build');
  expect({ exit, stderr }).toEqual({
    exit: 3,
    stderr: expect.stringMatching(
      /^error: symbolic links lead to `.*\/src\/d\d+` and similar folders in more than 10000 ways, such as `src\/d0\/a.*`\nhint: leave them out, as with `'!\*\*\/node_modules\/\*\*'` at the end of the globs\n$/,
    ),
  });
  expect((await here.run('fine')).exit).toBe(0);
});

test('what comes and goes in a folder to which a link only leads back is no change of the link', async () => {
  await using here = await project("{ inputs: ['src/**'], outputs: [out], run: 'mkdir out; touch out/x' }");
  await symlink('..', here.path('src/up'));
  await why(here);
  expect(await why(here)).toBeUndefined();
  await here.write('new', '');
  expect(await why(here)).toBeUndefined();
  await rm(here.path('src/up'));
  await symlink('../src', here.path('src/up'));
  expect(await why(here)).toEqual(['src/up changed']);
});

test('a named pipe among the inputs is not opened', async () => {
  await using here = await project("{ inputs: ['src/**'], run: 'true' }");
  await here.program('make-pipe', `mkfifo "${here.path('src/pipe')}"`);
  await here.run('build');
  const { execFileSync } = await import('node:child_process');
  execFileSync('mkfifo', [here.path('src/pipe')]);
  expect(await why(here)).toEqual(['src/pipe is new']);
  expect(await why(here)).toBeUndefined();
});

test('names with spaces, quotes, newlines, wildcards, and bytes that are no UTF-8 are files like others', async () => {
  await using here = await project("{ inputs: ['src/**', 'app/(shop)/[id].ts'], run: 'true' }");
  const odd = ['a b', `q"'`, 'line\nbreak', '\u001B[2J', '*', '{x}', '-n', 'ünï', '.hidden', '…'];
  for (const name of odd) await here.write(`src/${name}`, '1');
  await here.write('app/(shop)/[id].ts', '1');
  const bytes = Buffer.concat([Buffer.from(`${here.path('src')}/`), Buffer.from([0x62, 0xff, 0xfe])]);
  await writeFile(bytes, '1');
  await why(here);
  expect(await why(here)).toBeUndefined();
  for (const name of odd) {
    await here.write(`src/${name}`, '2');
    const shown = name.replace('\n', '\\x0a').replace('\u001B', '\\x1b');
    expect(await why(here), name).toEqual([`src/${shown} changed`]);
  }
  await here.write('app/(shop)/[id].ts', '2');
  expect(await why(here)).toEqual(['app/(shop)/[id].ts changed']);
  await writeFile(bytes, '2');
  expect(await why(here)).toEqual(['src/b\\xff\\xfe changed']);
});

test('what git ignores is an input like any other, and only `.git` and `.tasks` must be named to be one', async () => {
  await using here = await createProject({
    'tasks.config.yaml': config("{ inputs: ['**', '!home/**', '!bin/**', '!node_modules', .git/HEAD], run: 'true' }"),
    '.gitignore': 'generated\n',
    generated: '1',
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/index': '1',
    '.github/workflows/ci.yml': '1',
  });
  await why(here);
  expect(await why(here)).toBeUndefined();
  await here.write('generated', '2');
  expect(await why(here)).toEqual(['generated changed']);
  await here.write('.github/workflows/ci.yml', '2');
  expect(await why(here)).toEqual(['.github/workflows/ci.yml changed']);
  await here.write('.git/index', '2');
  expect(await why(here)).toBeUndefined();
  await here.write('.git/HEAD', 'ref: refs/heads/other\n');
  expect(await why(here)).toEqual(['.git/HEAD changed']);
});

test('thousands of inputs need few open files', async () => {
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`src/${index}`, `${index}`]));
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  build: { inputs: ['src/**'], run: echo built }\n  limited: { run: 'ulimit -n 40; node node_modules/zx-tasks/bin.cjs build' }\n",
    ...many,
  });
  const { exit, stdout } = await project.run('limited');
  expect({ exit, isBuilt: stdout.includes('✔ build') }).toEqual({ exit: 0, isBuilt: true });
  expect((await project.run('build')).stdout).toBe('– build skipped: up to date\n');
});

test('an input that cannot be read is told, and the task runs each time', async () => {
  await using here = await project("{ inputs: ['src/**'], run: 'true' }");
  await chmod(here.folder, 0o777);
  await mkdir(here.path('.tasks'), { mode: 0o777 });
  await chmod(here.path('.tasks'), 0o777);
  await chmod(here.path('src/a.c'), 0o000);
  const asNobody = () => here.run('build --explain', { user: 65534 });
  expect((await asNobody()).stdout).toContain('due to: it has not run here yet\n');
  expect((await asNobody()).stdout).toBe(
    '▸ build\ndue to: src/a.c cannot be read\ndue to: its last run had inputs that could not be read\n✔ build <time>\n',
  );
  await chmod(here.path('src/a.c'), 0o644);
  expect((await asNobody()).stdout).toBe(
    '▸ build\ndue to: its last run had inputs that could not be read\n✔ build <time>\n',
  );
  expect((await asNobody()).stdout).toBe(fresh);
});

test('a folder that may not be entered is told, and so is one in which nothing may be looked at', async () => {
  await using here = await project("{ inputs: ['src/a.c', 'more/**'], run: 'true' }");
  await here.write('more/m.c', 'm');
  await chmod(here.folder, 0o777);
  await chmod(here.path('src'), 0o700);
  await chmod(here.path('more'), 0o744);
  const asNobody = () => here.run('build --explain', { user: 65534 });
  await asNobody();
  const { exit, stdout } = await asNobody();
  expect(stdout).toBe(
    '▸ build\ndue to: src/a.c cannot be read\ndue to: more/m.c cannot be read\n' +
      'due to: its last run had inputs that could not be read\n✔ build <time>\n',
  );
  expect(exit).toBe(0);
});

test('a folder that may not be listed is told each time', async () => {
  await using here = await project("{ inputs: ['src/**', 'shut/**'], run: 'true' }");
  await here.write('shut/s.c', 's');
  await chmod(here.folder, 0o777);
  await chmod(here.path('shut'), 0o711);
  const asNobody = () => here.run('build --explain', { user: 65534 });
  await asNobody();
  for (const _ of [2, 3])
    expect((await asNobody()).stdout).toBe(
      '▸ build\ndue to: shut cannot be read\ndue to: its last run had inputs that could not be read\n✔ build <time>\n',
    );
});

test('a file where the folder of an input or output was is a change like others', async () => {
  await using here = await project(
    "{ inputs: ['src/a.c', in], outputs: [out/deep/x], run: 'mkdir -p out/deep; cp in out/deep/x' }",
  );
  await here.write('in', 'in\n');
  await why(here);
  await rm(here.path('src'), { recursive: true });
  await here.write('src', 'a file\n');
  expect(await why(here)).toEqual(['src/a.c is gone']);
  await rm(here.path('out/deep'), { recursive: true });
  await here.write('out/deep', 'by hand\n');
  const { exit, stdout } = await here.run('build --explain');
  expect(stdout).toContain('due to: output out/deep/x is gone\n');
  expect(exit).not.toBe(70);
  expect(await here.read('out/deep')).toBe('by hand\n');
});

test('an output that only others may read is known by its stamp', async () => {
  await using here = await project(
    "{ inputs: [src], outputs: [out], run: 'mkdir out; echo > out/x; chmod 000 out/x' }",
  );
  await chmod(here.folder, 0o777);
  const asNobody = async () => (await here.run('build --explain', { user: 65534 })).stdout;
  await asNobody();
  expect(await asNobody()).toBe(fresh);
  await rm(here.path('out/x'));
  expect(await asNobody()).toContain('due to: output out/x is gone\n');
  expect(await asNobody()).toBe(fresh);
});

test('where nothing may be kept it is said once, and not of each task', async () => {
  await using here = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  lint: { inputs: [], run: 'true' }
  test: { needs: [lint], inputs: [], run: 'true' }
`,
  });
  await chmod(here.folder, 0o555);
  const { stdout, exit } = await here.run('test', { user: 65534 });
  expect(exit).toBe(0);
  expect(stdout.match(/^note: .*, so/gm)).toEqual(['note: `.tasks/state` cannot be written, so']);
});

test('where nothing may be kept the task runs, and says that it will run again', async () => {
  await using here = await project("{ inputs: ['src/**'], run: 'echo ran' }");
  await chmod(here.folder, 0o555);
  const { stdout, exit } = await here.run('build', { user: 65534 });
  expect(exit).toBe(0);
  expect(stdout).toContain('ran\n');
  expect(stdout).toContain('note: `.tasks/state` cannot be written, so tasks will run again: ');
  await chmod(here.folder, 0o755);
  await here.run('build');
  await here.write('src/a.c', 'aaa\n');
  for (const name of await readdir(here.path('.tasks/state'))) await chmod(here.path(`.tasks/state/${name}`), 0o444);
  await chmod(here.path('.tasks/state'), 0o555);
  await chmod(here.path('.tasks'), 0o555);
  const later = await here.run('build', { user: 65534 });
  expect(later.stdout).toMatch(
    /^note: `.tasks\/state` cannot be written, so what is up to date will be compared by content again: .*\n– build skipped: up to date\n$/,
  );
  await chmod(here.path('.tasks'), 0o755);
});
