/** Where outputs lie, what a task has written is made anew, and what somebody else has put there is never removed. */
import { chmod, chown, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

const isRoot = process.getuid?.() === 0;
const project = (task: string) =>
  createProject({ 'tasks.config.yaml': `version: 1\ntasks:\n  build: ${task}\n`, 'src/a.c': 'a\n', 'src/b.c': 'b\n' });
const working = "{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out; work; cp src/* out' }";
const files = async (here: Project, folder = 'out') => (await readdir(here.path(folder))).sort();
const ran = '▸ build\n✔ build <time>\n';

/** Runs the task, and does something while it runs. */
async function runWhile(here: Project, meanwhile: () => Promise<unknown>, exit = 0): Promise<void> {
  const work = await here.driven('work');
  const running = here.start('build');
  const started = await work.started();
  await meanwhile();
  started.exit(exit);
  await running.result;
}

test.each([
  ['written', 0, (here: Project) => here.write('out/mine', 'edited\n')],
  ['written, by a run that fails,', 1, (here: Project) => here.write('out/mine', 'edited\n')],
  ['given another mode', 0, (here: Project) => chmod(here.path('out/mine'), 0o600)],
])('a file that was there before and is %s while the task runs stays', async (_what, exit, change) => {
  await using here = await project(working);
  await here.write('out/mine', 'mine\n');
  await runWhile(here, () => change(here), exit);
  await rm(here.path('src/b.c'));
  await runWhile(here, () => sleep(0));
  await here.write('src/a.c', 'new\n');
  await runWhile(here, () => sleep(0));
  expect(await files(here)).toEqual(['a.c', 'mine']);
});

test('a file that was there before is compared, since a tool may have left it as its own; one that is added later is not', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: ['out/**'], run: 'test -e out/a.c || cp src/a.c out/a.c; echo b > out/b.c' }",
  );
  await here.write('out/a.c', 'of a Makefile\n');
  expect((await here.run('build')).stdout).toBe(ran);
  await here.write('out/added', 'later\n');
  expect((await here.run('build')).stdout).toBe('– build skipped: up to date\n');
  await here.write('out/a.c', 'edited\n');
  expect((await here.run('build --explain')).stdout).toContain('due to: output out/a.c changed\n');
  await rm(here.path('out/a.c'));
  expect((await here.run('build --explain')).stdout).toContain('due to: output out/a.c is gone\n');
  expect(await here.read('out/a.c')).toBe('a\n');
  expect(await here.read('out/added')).toBe('later\n');
});

test('a file that was there before becomes the task’s own once two runs in a row have written it', async () => {
  await using here = await project("{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out; cp src/* out' }");
  await here.write('out/b.c', 'of a Makefile\n');
  for (const text of ['1', '2']) {
    await here.write('src/a.c', text);
    expect((await here.run('build')).stdout).toBe(ran);
  }
  await rm(here.path('src/b.c'));
  expect((await here.run('build')).stdout).toBe(ran);
  expect(await files(here)).toEqual(['a.c']);
});

test('after a runner was killed, what it had written goes, and what was written since then stays', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out; echo half > out/half; work; cp src/* out' }",
  );
  await here.write('out/mine', 'mine\n');
  const work = await here.driven('work');
  const running = here.start('build');
  const started = await work.started();
  running.child.kill('SIGKILL');
  await started.isGone;
  await deathSeen(here);
  await here.write('out/mine', 'edited\n');
  await here.write('out/new', 'new\n');
  await here.write(
    'tasks.config.yaml',
    (await here.read('tasks.config.yaml')).replace('echo half > out/half; work; ', ''),
  );
  expect((await here.run('build')).exit).toBe(0);
  expect(await files(here)).toEqual(['a.c', 'b.c', 'mine', 'new']);
});

test('what a script without a command had written when the runner was killed goes, too', async () => {
  await using here = await project("{ inputs: ['src/**'], outputs: [out], script: build.mjs }");
  const script = (rest: string) =>
    `import { mkdirSync, writeFileSync } from 'node:fs';
export async function run({ log }) {
  mkdirSync('out', { recursive: true });
  ${rest}
}
`;
  await here.write(
    'build.mjs',
    script("writeFileSync('out/half', ''); log('written'); await new Promise((_) => setTimeout(_, 1e6));"),
  );
  const running = here.start('build');
  await running.says('written');
  running.child.kill('SIGKILL');
  await running.result;
  await here.write('build.mjs', script("writeFileSync('out/whole', '');"));
  expect((await here.run('build')).exit).toBe(0);
  expect(await files(here)).toEqual(['whole']);
});

/** The files that say when a run was killed, once there are so many. */
async function deathSeen(here: Project, count = 1): Promise<readonly string[]> {
  for (;;) {
    const seen = (await readdir(here.path('.tasks/state'))).filter((name) => name.startsWith('killed-'));
    await sleep(20);
    if (seen.length === count) return seen.map((name) => here.path(`.tasks/state/${name}`));
  }
}

async function kill(here: Project, task: string): Promise<void> {
  const work = await here.driven('work');
  const running = here.start(task);
  const started = await work.started();
  running.child.kill('SIGKILL');
  await started.isGone;
}

const twoTasks =
  "{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out/in; echo > out/half; work; cp src/* out' }\n  other: { run: work }";

test('what is written after a run ended that nobody saw end, as with the power, stays', async () => {
  await using here = await project(twoTasks);
  await kill(here, 'build');
  for (const file of await deathSeen(here)) await rm(file);
  await here.write('out/mine', 'mine\n');
  await here.write('out/in/mine', 'mine\n');
  await runWhile(here, () => sleep(0));
  await here.write('src/a.c', 'new\n');
  await runWhile(here, () => sleep(0));
  expect(await files(here)).toContain('mine');
  expect(await files(here, 'out/in')).toEqual(['mine']);
});

test('what is written after a run was killed stays, also when another one is killed then', async () => {
  await using here = await project(twoTasks);
  await kill(here, 'build');
  await deathSeen(here);
  await here.write('out/mine', 'mine\n');
  await kill(here, 'other');
  await deathSeen(here, 2);
  await runWhile(here, () => rm(here.path('out/half')));
  expect(await files(here)).toEqual(['a.c', 'b.c', 'in', 'mine']);
});

test('with other params outputs lie elsewhere; what is there is still the task’s own when they come back', async () => {
  await using here = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  build:
    params: { mode: { default: fast } }
    inputs: ['src/**']
    outputs: ['dist/\${mode}']
    run: 'mkdir -p dist/\${mode}; cp src/* dist/\${mode}'
`,
    'src/a.c': 'a\n',
    'src/b.c': 'b\n',
  });
  await here.run('build');
  await here.write('dist/fast/mine', 'mine\n');
  await here.run('build --mode=small');
  await rm(here.path('src/b.c'));
  await here.run('build');
  expect(await files(here, 'dist/fast')).toEqual(['a.c', 'mine']);
  expect(await files(here, 'dist/small')).toEqual(['a.c', 'b.c']);
});

test.each([
  ['${dir}', '.', 'the project'],
  ['${dir}', '', 'the project'],
  ['${dir}', '**', 'the project'],
  ['${dir}', '{a,src}', 'the project'],
  ['${dir}', '[a-z]+/**', 'the project'],
  ['${dir}', '!(a)', 'the project'],
  ['${dir}', '.git', 'the project'],
  ['out/${dir}', '../**', '`out`'],
  ['out/${dir}', '../src', '`out`'],
  ['out/*${dir}', '/../../src', '`out`'],
])(
  'a param in `outputs: [%s]` cannot be `%s`, by which what is saved meanwhile would be the task’s own',
  async (glob, dir, where) => {
    await using here = await project(`{ params: { dir: {} }, inputs: [src/a.c], outputs: ['${glob}'], run: ':' }`);
    const { exit, stderr } = await here.run(`build --dir=${dir}`);
    const taken = glob.replace('${dir}', dir);
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: `error: task \`build\` would take \`${taken}\` for its outputs, and everything that appears there for its own
hint: what is given for \`${glob}\` must name a file or folder in ${where}
`,
    });
    for (const fine of ['docs', 'a.o', 'b/**']) expect((await here.run(`build --dir=${fine}`)).exit).toBe(0);
  },
);

test.each(['../out', '/etc/out', 'a/../../out', '!../out'])(
  'a param in `outputs` cannot be `%s`, which is outside of the project',
  async (dir) => {
    await using here = await project("{ params: { dir: {} }, inputs: [src/a.c], outputs: ['${dir}'], run: ':' }");
    const { exit, stderr } = await here.run(`build --dir=${dir}`);
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: `error: task \`build\` would write \`${dir}\`, which is outside of the project\n`,
    });
  },
);

test.each(['report (1).pdf', '[slug].js', '[slug]/page.js', '(shop)/page.js', 'a{b}.txt'])(
  'a param in `outputs` may be `%s`, the name of a file',
  async (out) => {
    await using here = await project(
      "{ params: { out: {} }, inputs: [src/a.c], outputs: ['${out}'], run: 'cp src/a.c ${out}' }",
    );
    await here.write(join(dirname(out), 'kept'), '');
    const build = async () => (await here.run(`build --out=${out.replaceAll(' ', '\\ ')}`)).stdout;
    expect(await build()).toBe(ran);
    await rm(here.path(out));
    expect(await build()).toContain('from the cache');
    expect(await here.read(out)).toBe('a\n');
  },
);

test('outputs in a folder that the task has made read-only are made anew', async () => {
  await using here = await project(
    "{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out/sub; cp src/a.c out/sub; chmod 555 out/sub' }",
  );
  await chmod(here.folder, 0o777);
  // Root may write everywhere.
  const build = () => here.run('build', isRoot ? { user: 65534 } : {});
  expect(await build()).toMatchObject({ exit: 0, stdout: ran });
  await here.write('src/a.c', 'new\n');
  expect(await build()).toMatchObject({ exit: 0, stdout: ran });
  expect(await here.read('out/sub/a.c')).toBe('new\n');
  await chmod(here.path('out/sub'), 0o755);
});

test('outputs that are another user’s are a failure that names one, and no bug', async (context) => {
  context.skip(!isRoot, 'only root can give files away');
  await using here = await project("{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out; cp src/a.c out' }");
  await chmod(here.folder, 0o777);
  const build = () => here.run('build', { user: 65534 });
  expect(await build()).toMatchObject({ exit: 0 });
  await chown(here.path('out'), 0, 0);
  await here.write('src/a.c', 'new\n');
  const { exit, stdout, stderr } = await build();
  expect(exit).toBe(1);
  expect(`${stdout}${stderr}`).toContain('the outputs of its last run cannot be removed: EACCES');
  expect(`${stdout}${stderr}`).toMatch(/`sudo chown -R "\$\(id -un\)" \S*out`/);
});

/** Runs as somebody who may not read everything, as root may. */
async function unreadable(task: string) {
  const here = await project(task);
  await chmod(here.folder, 0o777);
  const build = async () => {
    const { exit, stdout } = await here.run('build', { user: 65534 });
    return { exit, stdout: stdout.replaceAll(/ `ls [^`]*`/g, '') };
  };
  await build();
  const [name = ''] = (await readdir(here.path('.tasks/state'))).filter((file) => file.startsWith('build-'));
  const file = `.tasks/state/${name}`;
  return { here, build, file, shut: () => chmod(here.path(file), 0o000), open: () => chmod(here.path(file), 0o600) };
}

const told = (file: string) =>
  `note: task \`build\` counts as not run yet, since the record of its last run cannot be read, which is kept: EACCES: permission denied, open '<project>/${file}'; make it yours (\`sudo chown -R "$(id -un)" <project>/${file}\`); shows whose it is\n`;

test('a record that cannot be read is told and kept, so that later what is left is known, and nothing is done again', async () => {
  const { here, build, file, shut, open } = await unreadable(working.replace('work; ', ''));
  await using _ = here;
  await rm(here.path('src/b.c'));
  await shut();
  expect(await build()).toEqual({ exit: 0, stdout: told(file) + ran });
  await open();
  expect(await build()).toEqual({ exit: 0, stdout: ran });
  expect(await files(here)).toEqual(['a.c']);
  await shut();
  expect(await build()).toEqual({ exit: 0, stdout: `${told(file)}▸ build\n✔ build <time> from the cache\n` });
  await open();
  expect(await build()).toEqual({ exit: 0, stdout: '– build skipped: up to date\n' });
});

test('a failure while it could not be read is known later', async () => {
  const { here, build, shut, open } = await unreadable("{ inputs: ['src/**'], run: test ! -e fails }");
  await using _ = here;
  await here.write('fails', '');
  await shut();
  expect((await build()).exit).toBe(1);
  await open();
  expect((await build()).exit).toBe(1);
  await rm(here.path('fails'));
  expect(await build()).toEqual({ exit: 0, stdout: ran });
});

test('outputs whose names are no UTF-8 are followed like others', async () => {
  await using here = await project(
    `{ inputs: ['src/**'], outputs: [out], run: 'mkdir -p out; for f in src/*; do cp $f "out/$(printf "\\\\377")$(basename $f)"; done' }`,
  );
  expect((await here.run('build')).stdout).toBe(ran);
  expect((await here.run('build')).stdout).toBe('– build skipped: up to date\n');
  await rm(here.path('src/b.c'));
  expect((await here.run('build')).stdout).toBe(ran);
  expect(await readdir(here.path('out'))).toHaveLength(1);
});
