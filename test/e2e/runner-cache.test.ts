/** What a task wrote comes back from the local store when all that it depends on is as it was, complete, verified, or not at all. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { stage } from '../../tasks/runner/cache/restore.ts';
import { openStore } from '../../tasks/runner/cache/store.ts';
import { createProject, type Project } from '../helpers/project.ts';

const config = (task: string, more = '') => `version: 1\n${more}tasks:\n  build: ${task}\n`;
const concat = "{ inputs: ['src/**'], outputs: [out.txt], run: 'cat src/* > out.txt' }";
const project = (task = concat, more = '') =>
  createProject({ 'tasks.config.yaml': config(task, more), 'src/a.c': 'aaa\n', 'src/b.c': 'bbb\n' });

const ran = '▸ build\n✔ build <time>\n';
const restored = '▸ build\n✔ build <time> from the cache\n';
const fresh = '– build skipped: up to date\n';
const build = async (here: Project, words = 'build', env: Record<string, string> = {}) =>
  (await here.run(words, { env })).stdout;

/** The files of one kind in a project's store. */
async function stored(here: Project, kind: 'ac' | 'cas', store = '.tasks/cache/store'): Promise<readonly string[]> {
  const folder = here.path(`${store}/${kind}`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('outputs that are gone come back without the command', async () => {
  await using here = await project();
  expect(await build(here)).toBe(ran);
  await rm(here.path('out.txt'));
  expect(await build(here)).toBe(restored);
  expect(await here.read('out.txt')).toBe('aaa\nbbb\n');
  expect(await build(here)).toBe(fresh);
});

test('inputs that go back to what they were bring back what belongs to them, and leave nothing of what came between', async () => {
  await using here = await project("{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out/in; cp src/* out/in' }");
  await build(here);
  await here.write('src/a.c', 'new\n');
  await here.write('src/c.c', 'ccc\n');
  expect(await build(here)).toBe(ran);
  await here.write('src/a.c', 'aaa\n');
  await rm(here.path('src/c.c'));
  expect(await build(here)).toBe(restored);
  expect((await readdir(here.path('out/in'))).sort()).toEqual(['a.c', 'b.c']);
  expect(await here.read('out/in/a.c')).toBe('aaa\n');
});

test('exec bits, links, also dangling and to folders, empty and read-only files come back as they were', async () => {
  const commands = [
    'mkdir -p out/deep',
    'printf x > out/run; chmod 755 out/run',
    'printf y > out/deep/locked; chmod 444 out/deep/locked',
    ': > out/empty; : > "out/a b"',
    'ln -s run out/link; ln -s nowhere out/dangling; ln -s deep out/folder',
  ];
  await using here = await project(`{ inputs: [src], outputs: [out], run: ${JSON.stringify(commands)} }`);
  await build(here);
  await here.write('src/a.c', 'other\n');
  await build(here);
  await here.write('src/a.c', 'aaa\n');
  expect(await build(here)).toBe(restored);
  await rm(here.path('out'), { recursive: true });
  expect(await build(here)).toBe(restored);
  expect((await stat(here.path('out/run'))).mode & 0o111).toBe(0o111);
  expect((await stat(here.path('out/deep/locked'))).mode & 0o777).toBe(0o444);
  expect(await here.read('out/deep/locked')).toBe('y');
  expect(await here.read('out/empty')).toBe('');
  expect((await lstat(here.path('out/folder'))).isSymbolicLink()).toBe(true);
  expect(await readlink(here.path('out/link'))).toBe('run');
  expect(await readlink(here.path('out/dangling'))).toBe('nowhere');
  expect(await build(here)).toBe(fresh);
});

test('a private file comes back private, and others as the mask of whoever restores them says', async () => {
  await using here = await project(
    "{ inputs: [src], outputs: [out], run: 'mkdir out; echo > out/public; (umask 077; echo > out/key)' }",
  );
  const modes = async () =>
    Promise.all(
      ['key', 'public'].map(async (name) => ((await stat(here.path(`out/${name}`))).mode & 0o777).toString(8)),
    );
  await build(here);
  await rm(here.path('out'), { recursive: true });
  expect(await build(here)).toBe(restored);
  expect(await modes()).toEqual(['600', '644']);
  await rm(here.path('out'), { recursive: true });
  await here.program('masked', 'umask 027; exec node node_modules/zx-tasks/bin.cjs build');
  await promisify(execFile)(here.path('bin/masked'), { cwd: here.folder, env: here.env() });
  expect(await modes()).toEqual(['600', '640']);
});

test('a file that is private by the mask of whoever made it comes back private under any mask', async () => {
  await using here = await project(
    "{ inputs: [src], outputs: [out], run: 'mkdir out; echo > out/key; chmod 600 out/key; echo > out/run; chmod 700 out/run' }",
  );
  await here.program('masked', 'umask 077; exec node node_modules/zx-tasks/bin.cjs build');
  await promisify(execFile)(here.path('bin/masked'), { cwd: here.folder, env: here.env() });
  await rm(here.path('out'), { recursive: true });
  expect(await build(here)).toBe(restored);
  expect((await stat(here.path('out/key'))).mode & 0o777).toBe(0o600);
  expect((await stat(here.path('out/run'))).mode & 0o777).toBe(0o700);
});

test('a file of somebody else is not replaced by a folder of what is restored', async () => {
  await using here = await project("{ inputs: [src], outputs: ['out/**'], run: 'mkdir out; cp src/a.c out/x' }");
  await build(here);
  await rm(here.path('out'), { recursive: true });
  await here.write('out', 'by hand\n');
  expect(await build(here)).toContain(
    'cannot be restored: `out` is a file that the task did not write: move it away (`mv out out.old`)\n',
  );
  expect(await here.read('out')).toBe('by hand\n');
});

test('a folder that is an output comes back without a file in it', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: [out.txt, bare/in/], run: 'cat src/* > out.txt; mkdir -p bare/in' }",
  );
  expect(await build(here)).toBe(ran);
  for (const gone of ['out.txt', 'bare/in', 'bare']) {
    await rm(here.path(gone), { recursive: true });
    expect(await build(here)).toBe(restored);
    expect(await readdir(here.path('bare/in'))).toEqual([]);
    expect(await build(here)).toBe(fresh);
  }
});

test('files and links come back on another file system as on the same one', async () => {
  await using here = await createProject({ 'in/x': 'x\n' });
  const other = await mkdtemp('/dev/shm/project-').catch(() => here.path('other'));
  const store = openStore(here.path('store'), 'run');
  const digest = createHash('sha256').update('x\n').digest('hex');
  store.putFile(here.path('in/x'), digest);
  const result = {
    files: [{ path: 'out/x', digest, size: 2, isProgram: true }],
    links: [
      { path: 'out/link', target: 'x' },
      { path: 'out/dangling', target: 'nowhere' },
      { path: 'out/folder', target: '..' },
    ],
    folders: ['bare/in'],
  };
  const places = { root: other, folder: here.path('restore'), umask: 0o022, signal: new AbortController().signal };
  await mkdir(join(other, 'out'));
  await writeFile(join(other, 'out/x.restored'), 'somebody’s own');
  for (let time = 0; time < 2; time++) {
    using staged = await stage(store, result, places);
    await staged?.place();
  }
  expect(await readdir(join(other, 'bare/in'))).toEqual([]);
  const targets = await Promise.all(result.links.map(({ path }) => readlink(join(other, path))));
  expect(targets).toEqual(['x', 'nowhere', '..']);
  expect((await stat(join(other, 'out/x'))).mode & 0o777).toBe(0o755);
  expect((await readdir(join(other, 'out'))).sort()).toEqual(['dangling', 'folder', 'link', 'x', 'x.restored']);
  expect(await readFile(join(other, 'out/x.restored'), 'utf8')).toBe('somebody’s own');
  await rm(other, { recursive: true });
});

test('a link by the absolute path of the checkout is told and not kept: elsewhere it would lead here', async () => {
  await using here = await project(
    '{ inputs: [src], outputs: [out], run: \'mkdir out; ln -s "$PWD/src/a.c" out/link\' }',
  );
  expect(await build(here)).toContain(
    "note: output `out/link` of task `build` is a link with this checkout's own path, so the outputs are not cached\n",
  );
  expect(await stored(here, 'ac')).toEqual([]);
});

test('what a failed or an interrupted run wrote is not kept', async () => {
  await using here = await project("{ inputs: [src], outputs: [out.txt], run: 'echo half > out.txt; work' }");
  const work = await here.driven('work');
  const failing = here.start('build');
  (await work.started()).exit(3);
  expect((await failing.result).exit).toBe(3);
  const interrupted = here.start('build');
  await work.started();
  interrupted.child.kill('SIGINT');
  expect((await interrupted.result).exit).toBe(130);
  expect(await stored(here, 'ac')).toEqual([]);
  expect(await stored(here, 'cas')).toEqual([]);
});

test('what a run wrote whose inputs changed meanwhile is not kept', async () => {
  await using here = await project("{ inputs: [src], outputs: [out.txt], run: 'work; cat src/* > out.txt' }");
  const work = await here.driven('work');
  const running = here.start('build');
  const started = await work.started();
  await here.write('src/a.c', 'other\n');
  started.exit(0);
  expect((await running.result).exit).toBe(0);
  expect(await stored(here, 'ac')).toEqual([]);
});

test('a run that wrote nothing, or not all that it promised, is not kept', async () => {
  await using nothing = await project("{ inputs: [src], outputs: ['out/**'], run: 'true' }");
  expect(await build(nothing)).toBe(ran);
  expect(await stored(nothing, 'ac')).toEqual([]);
  await using half = await project("{ inputs: [src], outputs: [one, two], run: 'echo 1 > one' }");
  await build(half);
  expect(await stored(half, 'ac')).toEqual([]);
});

test('a run that wrote what no cache can hold is not kept, without a word', async () => {
  await using pipe = await project(
    "{ inputs: [src], outputs: [out], run: 'mkdir out; mkfifo out/pipe; echo > out/file' }",
  );
  expect(await build(pipe)).toBe(ran);
  expect(await stored(pipe, 'ac')).toEqual([]);
});

test('an output with the value of a secret in it is told and not kept', async () => {
  await using here = await project(
    "{ inputs: [src], outputs: [out.txt, plain.txt], run: 'echo TOKEN=$TOKEN > out.txt; echo x > plain.txt' }",
    'secrets: [TOKEN]\n',
  );
  expect(await build(here, 'build', { TOKEN: 'abcdefgh' })).toBe(
    '▸ build\nnote: output `out.txt` of task `build` contains a secret, so the outputs are not cached\n✔ build <time>\n',
  );
  expect(await stored(here, 'ac')).toEqual([]);
  expect(await stored(here, 'cas')).toEqual([]);
});

test.each([
  ['as a line of JSON', 'node -e "process.stdout.write(JSON.stringify(process.env))" > out.txt'],
  ['behind a user in base64', 'printf "user:%s" "$TOKEN" | base64 -w0 > out.txt'],
  ['in a URL', 'node -p "encodeURIComponent(process.env.TOKEN)" > out.txt'],
  ['as the name of a file', 'mkdir -p out.txt; echo x > "out.txt/$TOKEN2"'],
  ['as where a link leads', 'ln -s "$TOKEN2" out.txt'],
])('an output with a secret in it %s is told and not kept', async (_how, command) => {
  await using here = await project(
    `{ inputs: [src], outputs: [out.txt], run: '${command}' }`,
    'secrets: [TOKEN, TOKEN2]\n',
  );
  const env = { TOKEN: 'p@ss-w0rd!\nof "two" lines', TOKEN2: 'plainsecret99' };
  expect(await build(here, 'build', env)).toMatch(
    /note: output `out\.txt(?:\/\*{3})?` of task `build` contains a secret, so the outputs are not cached\n/,
  );
  expect(await stored(here, 'ac')).toEqual([]);
});

test('files of others among the outputs are neither kept nor replaced', async () => {
  await using here = await project("{ inputs: [src], outputs: [docs], run: 'mkdir -p docs; cp src/* docs' }");
  await here.write('docs/intro.md', 'by hand\n');
  expect(await build(here)).toBe(ran);
  expect(await stored(here, 'ac')).toEqual([]);
  await here.write('docs/intro.md', 'better\n');
  expect(await build(here)).toBe(ran);
  expect(await here.read('docs/intro.md')).toBe('better\n');
});

test('a task that rewrites its inputs never gets back what they were before an edit', async () => {
  const upper = 'for f in src/*; do tr a-z A-Z < $f > $f.new; mv $f.new $f; done';
  await using here = await project(`{ inputs: ['src/**'], outputs: ['src/**'], run: '${upper}' }`);
  await build(here);
  await here.write('src/a.c', 'edited\n');
  expect(await build(here)).toBe(ran);
  expect(await here.read('src/a.c')).toBe('EDITED\n');
  await here.write('src/a.c', 'aaa\n');
  await here.write('src/b.c', 'bbb\n');
  await build(here);
  expect(await here.read('src/a.c')).toBe('AAA\n');
});

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, 2)],
  ['emptied', () => Buffer.alloc(0)],
  ['changed', (bytes: Buffer) => bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte))],
])('a stored content that was %s is not restored, and then stored anew', async (_how, damage) => {
  await using here = await project();
  await build(here);
  const [content = ''] = await stored(here, 'cas');
  await writeFile(content, damage(await readFile(content)));
  await rm(here.path('out.txt'));
  expect(await build(here)).toBe(ran);
  expect(await here.read('out.txt')).toBe('aaa\nbbb\n');
  await rm(here.path('out.txt'));
  expect(await build(here)).toBe(restored);
});

test.each([
  ['a named pipe', (path: string) => promisify(execFile)('mkfifo', [path])],
  ['a folder', (path: string) => mkdir(join(path, 'in'), { recursive: true })],
  ['a device without an end', (path: string) => symlink('/dev/zero', path)],
])('%s in the place of anything that is kept is not read, and what was there is made anew', async (_what, put) => {
  await using here = await project(
    "{ inputs: [src], outputs: [out.txt, large], run: 'cat src/* > out.txt; head -c 400000 /dev/zero > large' }",
  );
  await build(here);
  for (const path of [...(await stored(here, 'cas')), ...(await stored(here, 'ac')), here.path('.tasks/state/clock')]) {
    await rm(path);
    await put(path);
    await rm(here.path('out.txt'));
    expect(await build(here), path).toContain('✔ build');
    expect(await here.read('out.txt')).toBe('aaa\nbbb\n');
  }
  const [record = ''] = (await readdir(here.path('.tasks/state'))).filter((name) => name.startsWith('build-'));
  await rm(here.path(`.tasks/state/${record}`));
  await put(here.path(`.tasks/state/${record}`));
  expect(await build(here)).toContain('✔ build');
});

test('so is a large one, which is read after it was copied', async () => {
  await using here = await project("{ inputs: [src], outputs: [out.txt], run: 'head -c 400000 /dev/zero > out.txt' }");
  await build(here);
  const [content = ''] = await stored(here, 'cas');
  await writeFile(content, Buffer.alloc(400_000, 'x'));
  await rm(here.path('out.txt'));
  expect(await build(here)).toBe(ran);
  expect(await here.read('out.txt')).toBe('\0'.repeat(400_000));
});

test.each([
  ['cut off at every byte', (bytes: Buffer, at: number) => bytes.subarray(0, at)],
  [
    'changed at every byte',
    (bytes: Buffer, at: number) => Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))),
  ],
])('a stored result that was %s is none', async (_how, damage) => {
  const { encodeResult, decodeResult } = await import('../../tasks/runner/cache/action-result.ts');
  const digest = 'a'.repeat(64);
  const result = {
    files: [
      { path: 'out/a', digest, size: 300, isProgram: true },
      { path: 'out/ü', digest, size: 0, isProgram: false },
    ],
    links: [{ path: 'out/link', target: '../x' }],
    folders: ['bare', 'out/in'],
  };
  const bytes = encodeResult(result);
  expect(decodeResult(bytes)).toEqual(result);
  for (let at = 0; at < bytes.length; at++) expect(decodeResult(damage(bytes, at)), String(at)).toBeUndefined();
});

test('the store stays below its limit, and what was used last stays', async () => {
  const big = 'head -c 400000 /dev/zero | tr "\\\\0" "$(cat src/a.c)" > out.txt';
  await using here = await project(
    `{ inputs: [src/a.c], outputs: [out.txt], run: '${big}' }`,
    'cache: { maxSize: 1MB }\n',
  );
  for (const letter of ['a', 'b', 'c', 'd', 'e']) {
    await here.write('src/a.c', letter);
    expect(await build(here)).toBe(ran);
    const sizes = await Promise.all((await stored(here, 'cas')).map(async (path) => (await stat(path)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1024 * 1024);
  }
  // What the first two had written has gone, and with it that they had.
  expect(await stored(here, 'ac')).toHaveLength(3);
  await here.write('src/a.c', 'd');
  expect(await build(here)).toBe(restored);
  await here.write('src/a.c', 'a');
  expect(await build(here)).toBe(ran);
});

test('a size that was half written does not count, and what killed runs have left half done is removed', async () => {
  const big = 'head -c 400000 /dev/zero | tr "\\\\0" "$(cat src/a.c)" > out.txt';
  await using here = await project(
    `{ inputs: [src/a.c], outputs: [out.txt], run: '${big}' }`,
    'cache: { maxSize: 1MB }\n',
  );
  const old = new Date(Date.now() - 48 * 60 * 60 * 1000);
  const left = ['.tasks/cache/store/tmp/1-0', '.tasks/restore/abc'];
  for (const path of left) {
    await here.write(path, 'half');
    await utimes(here.path(path), old, old);
  }
  for (const letter of ['a', 'b', 'c', 'd']) {
    await here.write('src/a.c', letter);
    await here.write('.tasks/cache/store/size', letter === 'b' ? '' : '4');
    expect(await build(here)).toBe(ran);
  }
  expect((await stored(here, 'cas')).length).toBe(2);
  for (const path of left) await expect(stat(here.path(path))).rejects.toThrow('ENOENT');
});

test('an output that is larger than the whole store is told, and leaves what others have stored', async () => {
  await using here = await createProject({
    'tasks.config.yaml': `version: 1
cache: { maxSize: 1MB }
tasks:
  small: { inputs: [src], outputs: [small.txt], run: cp src/a.c small.txt }
  big: { inputs: [src], outputs: [big.txt], run: head -c 2000000 /dev/zero > big.txt }
`,
    'src/a.c': 'a',
  });
  const { stdout } = await here.run('small big --jobs=1');
  expect(stdout).toContain(
    'note: what task `big` wrote is not cached: 2000000 bytes are more than the whole cache may hold (`cache.maxSize`)\n',
  );
  await rm(here.path('small.txt'));
  expect((await here.run('small')).stdout).toContain('✔ small <time> from the cache\n');
});

test('`--force`, `cache: false` and `TASKS_CACHE=off` restore nothing', async () => {
  await using here = await project();
  await build(here);
  expect(await build(here, 'build --force')).toBe(ran);
  await rm(here.path('out.txt'));
  expect(await build(here, 'build', { TASKS_CACHE: 'off' })).toBe(ran);
  await using without = await project(concat.replace('{', '{ cache: false,'));
  await build(without);
  expect(await stored(without, 'ac')).toEqual([]);
  expect(await here.run('build', { env: { TASKS_CACHE: 'maybe' } })).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: `TASKS_CACHE` is `off`, `local`, `read` or `read-write`, not `maybe`\n',
  });
});

test('two checkouts can share a store, also at the same time', async () => {
  await using one = await project();
  await using two = await project();
  const env = { TASKS_CACHE_FOLDER: one.path('shared') };
  expect(await build(one, 'build', env)).toBe(ran);
  expect(await build(two, 'build', env)).toBe(restored);
  await Promise.all([one, two].flatMap((here) => [here.write('src/a.c', 'new\n')]));
  await Promise.all([build(one, 'build --force', env), build(two, 'build --force', env)]);
  await rm(two.path('out.txt'));
  expect(await build(two, 'build', env)).toBe(restored);
  expect(await two.read('out.txt')).toBe('new\nbbb\n');
});

test('what somebody keeps in the folder that is named for the store stays', async () => {
  await using here = await project(concat, 'cache: { folder: shared, maxSize: 1MB }\n');
  const theirs = ['tmp/notes/today', 'tmp/f', 'ac/00/f', 'cas/f', 'size'].map((name) => `shared/${name}`);
  const long = new Date(2020, 1);
  for (const name of theirs) {
    await here.write(name, 'theirs');
    for (let path = name; path !== 'shared'; path = dirname(path)) await utimes(here.path(path), long, long);
  }
  await here.write('src/b.c', 'b'.repeat(900_000));
  for (const text of ['a', 'b'.repeat(100_000), 'c'.repeat(110_000)]) {
    await here.write('src/a.c', text);
    expect(await build(here)).toBe(ran);
  }
  expect(await Promise.all(theirs.map((name) => here.read(name)))).toEqual(theirs.map(() => 'theirs'));
  expect((await readdir(here.path('shared/tasks-cache'))).sort()).toEqual(['ac', 'cas', 'size', 'tmp']);
  expect((await stored(here, 'cas', 'shared/tasks-cache')).length).toBe(1);
});

test.each(['.tasks/restore', 'out'])(
  'Ctrl-C ends a restoring when %s is there, and what is put there then stays',
  async (sign) => {
    const count = 6_000;
    const make = `const { mkdirSync, writeFileSync } = require("node:fs"); mkdirSync("out", { recursive: true });
    for (let index = 0; index < ${count}; index++) writeFileSync("out/" + index, "")`;
    await using here = await project('{ inputs: [src], outputs: [out], run: node make.cjs }');
    await here.write('make.cjs', make);
    await build(here);
    await rm(here.path('out'), { recursive: true });
    await rm(here.path('.tasks/restore'), { recursive: true, force: true });
    const running = here.start('build');
    while (!existsSync(here.path(sign)) && running.child.exitCode === null) await sleep(1);
    running.child.kill('SIGINT');
    const { exit, stdout } = await running.result;
    expect({ exit, stdout }).toEqual({
      exit: 130,
      stdout: expect.stringContaining('– build stopped: interrupted\n'),
    });
    await here.write('out/mine', 'mine\n');
    expect((await readdir(here.path('out'))).length).toBeLessThan(count);
    expect(await build(here)).toBe(restored);
    expect(await here.read('out/mine')).toBe('mine\n');
    expect((await readdir(here.path('out'))).length).toBe(count + 1);
  },
  120_000,
);

test('outputs behind a link out of the project are not restored, but made', async () => {
  await using here = await project("{ inputs: [src], outputs: ['out/x/*'], run: 'mkdir -p out/x; cp src/* out/x' }");
  await using outside = await createProject({});
  await build(here);
  await rm(here.path('out'), { recursive: true });
  await mkdir(outside.path('target'));
  await symlink(outside.path('target'), here.path('out'));
  expect(await build(here)).toContain('cannot be restored: `out` is a link out of the project\n');
});

test('outputs that cannot be replaced are told, and the command decides', async () => {
  await using here = await project("{ inputs: [src], outputs: [out/x], run: 'mkdir -p out; echo 1 > out/x' }");
  await build(here);
  await rm(here.path('out/x'));
  await mkdir(here.path('out/x/y'), { recursive: true });
  const { exit, stdout } = await here.run('build');
  expect(stdout).toContain(
    'note: the cached outputs of task `build` cannot be restored: `out/x` is a folder that the task did not write: move it away (`mv out/x out/x.old`)\n',
  );
  expect(exit).not.toBe(0);
  await rm(here.path('out/x'), { recursive: true });
  await chmod(here.path('out'), 0o755);
  expect(await build(here)).toBe(restored);
});
