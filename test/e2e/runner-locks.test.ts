/** Two runs in one checkout: never the same task at one time, and the second takes over only what was begun after it. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { lstatSync, lutimesSync, readdirSync, symlinkSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { childrenOf, commandOf, isRunning } from '../helpers/processes.ts';
import { cli, createProject, type Project } from '../helpers/project.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

/** What stays of locks when nobody holds one: at most the results that somebody waited for. */
const locksLeft = (project: Project): readonly string[] =>
  readdirSync(project.path('.tasks/locks')).filter((name) => !name.endsWith('.result'));

test('the second run of a task waits for the first, says for whom, and does it again', async () => {
  await using project = await createProject(
    config('  build: { run: build }\n  next: { needs: [build], run: echo next }\n'),
  );
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  const second = project.start('next');
  const waits = `note: \`build\` waits for the run with pid ${first.pid}, which runs \`build\`\n`;
  await second.says(waits);
  expect(build.startCount()).toBe(1);
  invocation.exit(0);
  (await build.started()).exit(0);
  expect((await first.result).exit).toBe(0);
  expect(await second.result).toEqual({
    exit: 0,
    stdout: `${waits}▸ build\n✔ build <time>\n▸ next\nnext\n✔ next <time>\nok: 2 done, <time>\n`,
    stderr: '',
  });
  expect(locksLeft(project)).toEqual([]);
});

test('a script is told which tasks other runs hold, also on another machine, and none of its own or of a killed run', async () => {
  await using project = await createProject({
    ...config('  build: { run: build }\n  show: { script: show.mjs, lock: mine }\n'),
    'show.mjs': "export const run = async ({ heldByOthers, log }) => log(`held: ${heldByOthers().join(', ')}`);\n",
  });
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  const lock = (name: string, claim: string): void => symlinkSync(claim, project.path(`.tasks/locks/${name}.lock`));
  lock('gone', `${2 ** 30}|1|1|${hostname()}|gone`);
  lock('far', '1|1|1|elsewhere|far');
  expect((await project.run('show')).stdout).toContain('\nheld: build, far\n');
  invocation.exit(0);
  await first.result;
  expect((await project.run('show')).stdout).toContain('\nheld: far\n');
});

/** Two runs that wait for a third: of these the one that comes to it later may take over what the other does. */
type Waiting = { readonly words?: string; readonly env?: Readonly<Record<string, string>> };

async function lastOfThree(
  tasks: string,
  { others, exit = 0 }: { readonly others: [Waiting, Waiting]; exit?: number | 'killed' },
) {
  const project = await createProject(config(tasks));
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  const waiting = others.map(({ words = 'build', env = {} }) => project.start(words, { env }));
  for (const one of waiting) await one.says(`waits for the run with pid ${first.pid}`);
  invocation.exit(0);
  const next = await build.started();
  const holders = waiting.map(async (one, index) => {
    const other = waiting[1 - index];
    await one.says(`waits for the run with pid ${other?.pid}`);
    return other;
  });
  const holder = await Promise.any(holders);
  if (exit === 'killed') holder?.child.kill('SIGKILL');
  else next.exit(exit);
  return { project, build, waiting };
}

test('a run takes over what another has done that began while it waited', async () => {
  const { project, build, waiting } = await lastOfThree('  build: { run: build }\n', { others: [{}, {}] });
  await using _ = project;
  const results = await Promise.all(waiting.map(({ result }) => result));
  expect(build.startCount()).toBe(2);
  const skipped = results.findIndex(({ stdout }) => stdout.includes('skipped'));
  expect(results.map(({ exit }) => exit)).toEqual([0, 0]);
  expect(results[skipped]?.stdout).toContain(
    `– build skipped: the run with pid ${waiting[1 - skipped]?.pid} has just done it\n`,
  );
});

test('a run takes over nothing that was begun before it waited, where what it waited for since was killed', async () => {
  const { project, build, waiting } = await lastOfThree('  build: { run: build }\n', {
    others: [{}, {}],
    exit: 'killed',
  });
  await using _ = project;
  (await build.started()).exit(0);
  const results = await Promise.all(waiting.map(({ result }) => result));
  expect(results.map(({ exit }) => exit ?? 'killed').sort()).toEqual([0, 'killed']);
  expect(results.map(({ stdout }) => stdout).join('')).not.toContain('skipped');
});

const shells = { WINDOWID: '1', SHLVL: '1', _: 'a', OLDPWD: '/a' };

test.each<[string, string, [Waiting, Waiting], number?]>([
  ['has failed', '  build: { run: build }\n', [{}, {}], 3],
  [
    'asked for something else',
    "  build: { params: { of: { default: '1' } }, run: 'build; echo ${of}' }\n",
    [{ words: 'build --of=2' }, { words: 'build --of=3' }],
  ],
  ['had another environment', '  build: { run: build }\n', [{ env: { FOO: '1' } }, { env: { FOO: '2' } }]],
  ['was not forced', '  build: { run: build }\n', [{ words: 'build --force' }, { words: 'build --force' }]],
])('a run does not take over what another has done that %s', async (_, tasks, others, exit = 0) => {
  const { project, build, waiting } = await lastOfThree(tasks, { others, exit });
  await using _project = project;
  (await build.started()).exit(0);
  const results = await Promise.all(waiting.map(({ result }) => result));
  expect(results.map((one) => one.exit).sort()).toEqual([0, exit].sort());
  expect(results.map(({ stdout }) => stdout).join('')).not.toContain('skipped');
});

test.each(['mkdir', 'mkfifo'])(
  'what `%s` made beside a lock, where a run tells that it waits, is no obstacle',
  async (make) => {
    await using project = await createProject(config('  build: { run: build }\n'));
    const build = await project.driven('build');
    await project.write('.tasks/locks/.keep', '');
    spawnSync(make, [project.path('.tasks/locks/build.lock.waiting')]);
    const first = project.start('build');
    const invocation = await build.started();
    const second = project.start('build');
    const waits = `note: \`build\` waits for the run with pid ${first.pid}, which runs \`build\`\n`;
    await second.says(waits);
    invocation.exit(0);
    (await build.started()).exit(0);
    const built = '▸ build\n✔ build <time>\n';
    expect(await first.result).toEqual({ exit: 0, stdout: built, stderr: '' });
    expect(await second.result).toEqual({ exit: 0, stdout: `${waits}${built}`, stderr: '' });
  },
);

test('what only tells one shell from another does not count as another environment', async () => {
  const { project, build, waiting } = await lastOfThree('  build: { run: build }\n', {
    others: [{ env: shells }, { env: { ...shells, WINDOWID: '2', SHLVL: '2', OLDPWD: '/b' } }],
  });
  await using _ = project;
  await Promise.all(waiting.map(({ result }) => result));
  expect(build.startCount()).toBe(2);
});

test('a script is done again, since nobody knows when its files were read', async () => {
  const project = await createProject({
    ...config('  build: { script: build.ts }\n'),
    'build.ts': 'export const run = async ({ $ }) => { await $`build`; };\n',
  });
  await using _ = project;
  const build = await project.driven('build');
  const runs = [project.start('build')];
  const one = await build.started();
  runs.push(project.start('build'), project.start('build'));
  for (const run of runs.slice(1)) await run.says('waits for the run');
  one.exit(0);
  (await build.started()).exit(0);
  (await build.started()).exit(0);
  for (const { exit } of await Promise.all(runs.map(({ result }) => result))) expect(exit).toBe(0);
});

test('after the wait, a task with `inputs` runs only if they have changed since they were read', async () => {
  await using project = await createProject({
    ...config("  build: { inputs: [source], outputs: [lib], run: 'cp source part; build && mv part lib' }\n"),
    source: 'ok\n',
  });
  const build = await project.driven('build');
  const first = project.start('build');
  const one = await build.started();
  const second = project.start('build');
  await second.says('waits for the run');
  one.exit(0);
  expect((await second.result).stdout).toContain('– build skipped: up to date\n');
  await project.write('source', 'older\n');
  const third = project.start('build');
  const two = await build.started();
  await project.write('source', 'newer\n');
  const fourth = project.start('build');
  await fourth.says('waits for the run');
  two.exit(0);
  (await build.started()).exit(0);
  expect((await fourth.result).stdout).toContain('✔ build');
  expect(await project.read('lib')).toBe('newer\n');
  await Promise.all([first.result, third.result]);
});

test('other tasks of two runs go on side by side', async () => {
  await using project = await createProject(config('  a: { run: a }\n  b: { run: b }\n'));
  const [a, b] = await Promise.all([project.driven('a'), project.driven('b')]);
  const first = project.start('a');
  const one = await a.started();
  const second = project.start('b');
  (await b.started()).exit(0);
  expect((await second.result).stdout).toBe('▸ b\n✔ b <time>\n');
  one.exit(0);
  await first.result;
});

test('a named lock holds between runs too', async () => {
  await using project = await createProject(config('  a: { run: a, lock: port }\n  b: { run: b, lock: port }\n'));
  const [a, b] = await Promise.all([project.driven('a'), project.driven('b')]);
  const first = project.start('a');
  const one = await a.started();
  const second = project.start('b');
  await second.says(
    `note: \`b\` waits for the run with pid ${first.pid}, which holds the lock \`port\` for its task \`a\``,
  );
  expect(b.startCount()).toBe(0);
  one.exit(0);
  (await b.started()).exit(0);
  expect((await second.result).stdout).toContain('✔ b');
  await first.result;
});

test('the critical path has the time in which another run was waited for', async () => {
  await using project = await createProject(
    config(`  a: { run: a, lock: port }
  first: { inputs: [], run: echo first }
  beside: { run: echo beside }
  b: { needs: [first, beside], run: echo b, lock: port }
`),
  );
  const a = await project.driven('a');
  const first = project.start('a');
  const holder = await a.started();
  const second = project.start('b --verbose');
  await second.says('note: `b` waits for the run with pid');
  await new Promise((settle) => setTimeout(settle, 100));
  holder.exit(0);
  const path = (await second.result).stdout.split('\n').find((line) => line.startsWith('critical path'));
  expect(path).toMatch(/^critical path <time>: (first|beside) <time> → wait for another run <time> → b <time>$/);
  expect((await first.result).exit).toBe(0);
});

test('tasks and locks whose names differ in case, punctuation or in how an accent is written share no file, however long they are', async () => {
  const tasks = ['build', 'Build', 'a:b', 'a-b', 'x'.repeat(300), `${'x'.repeat(299)}y`];
  const locks = ['caf\u00e9', 'cafe\u0301', 'a/b', 'a%b', '\u00e9'.repeat(100), '\u00c9'.repeat(100)];
  const text = tasks.map((name, index) => `  ${name}: { lock: ${locks[index]}, run: build }\n`).join('');
  await using project = await createProject(config(`${text}  all: { needs: [${tasks}] }\n`));
  const build = await project.driven('build');
  const running = project.start(`all --jobs=${tasks.length}`);
  const invocations = await Promise.all(tasks.map(() => build.started()));
  const files = new Set(locksLeft(project).map((name) => name.normalize('NFC').toLowerCase()));
  expect(files.size).toBe(2 * tasks.length);
  for (const invocation of invocations) invocation.exit(0);
  expect((await running.result).exit).toBe(0);
  expect(locksLeft(project)).toEqual([]);
});

test('a lock whose holder was killed is taken over', async () => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  const watcher = childrenOf(first.pid).find(({ pid }) => commandOf(pid).includes(' watcher '))?.pid ?? 0;
  expect(isRunning(watcher)).toBe(true);
  first.child.kill('SIGKILL');
  await invocation.isGone;
  await first.result;
  // While it looks for what is left, the lock is waited for.
  await expect.poll(() => isRunning(watcher), { timeout: 20_000 }).toBe(false);
  expect(locksLeft(project)).toEqual(['build.lock']);
  const second = project.start('build');
  (await build.started()).exit(0);
  expect((await second.result).stdout).toBe('▸ build\n✔ build <time>\n');
  expect(locksLeft(project)).toEqual([]);
});

test('what killed runs have left half made beside a lock goes with it', async () => {
  await using project = await createProject(config('  build: { run: echo built }\n'));
  await project.write('.tasks/locks/.keep', '');
  const place = (name: string) => project.path(`.tasks/locks/build.lock${name}`);
  const [gone, alsoGone] = [2 ** 30, 2 ** 30 + 1];
  symlinkSync(`${gone}|1|1|${hostname()}|build`, place(''));
  symlinkSync(`${alsoGone}|1|1|${hostname()}|build`, place('.takeover'));
  symlinkSync('half made', place(`.${alsoGone}`));
  await project.write(`.tasks/locks/build.lock.${gone}`, 'half made');
  expect((await project.run('build')).exit).toBe(0);
  expect(locksLeft(project)).toEqual(['.keep']);
});

test('a run that waits takes over when the one that it waits for is killed', async () => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const build = await project.driven('build');
  const first = project.start('build');
  await build.started();
  const second = project.start('build');
  await second.says('waits for the run');
  first.child.kill('SIGKILL');
  (await build.started()).exit(0);
  expect((await second.result).exit).toBe(0);
});

test.each([
  ['of a process that had the same pid', () => `${process.pid}|1|1|${hostname()}|build`],
  ['that cannot be read', () => 'nonsense'],
])('a lock %s is taken over', async (_, target) => {
  await using project = await createProject(config('  build: { run: echo built }\n'));
  await project.write('.tasks/locks/.keep', '');
  symlinkSync(target(), project.path('.tasks/locks/build.lock'));
  expect((await project.run('build')).stdout).toBe('▸ build\nbuilt\n✔ build <time>\n');
});

test.each(['build.lock', 'build.lock.takeover'])(
  'what a run on another machine has left in %s is waited for, and told with the way out',
  async (name) => {
    await using project = await createProject(config('  build: { run: echo built }\n'));
    await project.write('.tasks/locks/.keep', '');
    symlinkSync(`${process.pid}|1|1|${hostname()}|build`, project.path('.tasks/locks/build.lock'));
    await rm(project.path(`.tasks/locks/${name}`), { force: true });
    symlinkSync('7|1|1|elsewhere|build', project.path(`.tasks/locks/${name}`));
    const running = project.start('build');
    const way = `rm ${project.path(`.tasks/locks/${name}`)}`;
    await running.says(
      `note: \`build\` waits for the run with pid 7, which runs \`build\`; that is on \`elsewhere\`, and cannot be seen from here: if it is gone, \`${way}\`\n`,
    );
    await promisify(execFile)('/bin/sh', ['-c', way]);
    expect((await running.result).stdout).toContain('▸ build\nbuilt\n✔ build <time>\n');
  },
);

test('Ctrl-C ends a run that waits for what was left by another machine', async () => {
  await using project = await createProject(config('  build: { run: echo built }\n'));
  await project.write('.tasks/locks/.keep', '');
  symlinkSync(`${process.pid}|1|1|${hostname()}|build`, project.path('.tasks/locks/build.lock'));
  symlinkSync('7|1|1|elsewhere|build', project.path('.tasks/locks/build.lock.takeover'));
  const running = project.start('build');
  await running.says('waits for the run');
  running.child.kill('SIGINT');
  expect((await running.result).exit).toBe(130);
});

/** Starts runs that see only processes of their own, as in a container that goes by this machine's name. */
async function inSandbox(project: Project): Promise<(words: string) => ReturnType<typeof spawn>> {
  await project.program('boxed', `exec unshare ${sandbox.join(' ')} "$@"`);
  const program = [process.execPath, project.path('node_modules/zx-tasks/bin.cjs')];
  return (words) => {
    const child = spawn(project.path('bin/boxed'), [...program, ...words.split(' ')], {
      cwd: project.folder,
      env: project.env(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child;
  };
}

const sandbox = ['-p', '-f', '--kill-child', '--mount-proc'];
const canMakeSandbox = spawnSync('unshare', [...sandbox, 'true']).status === 0;

/** Makes a lock one that was renewed for the last time so many seconds ago. */
function age(project: Project, name: string, seconds: number): void {
  const renewedS = statOfLock(project, name).mtimeMs / 1_000 - seconds;
  lutimesSync(project.path(`.tasks/locks/${name}`), renewedS, renewedS);
}

function statOfLock(project: Project, name: string) {
  return lstatSync(project.path(`.tasks/locks/${name}`));
}

test('a run in a sandbox with processes of its own, and one outside, wait for each other', async (context) => {
  context.skip(!canMakeSandbox, 'making a sandbox needs root');
  await using project = await createProject(config('  build: { run: build }\n'));
  const build = await project.driven('build');
  const boxed = await inSandbox(project);
  const first = boxed('build --force');
  const one = await build.started();
  const second = project.start('build --force');
  await second.says('waits for the run with pid 1, which runs `build`; that is its number in a container or sandbox\n');
  const takenMs = statOfLock(project, 'build.lock').mtimeMs;
  age(project, 'build.lock', 60);
  await expect.poll(() => statOfLock(project, 'build.lock').mtimeMs, { timeout: 10_000 }).toBeGreaterThan(takenMs);
  const third = boxed('build --force');
  const ends = [first, third].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  expect(await firstLine(third)).toMatch(
    /waits for the run with pid 1, which .* cannot be seen from here: if it is gone, /,
  );
  expect(build.startCount()).toBe(1);
  one.exit(0);
  for (let left = 2; left > 0; left--) (await build.started()).exit(0);
  expect((await second.result).exit).toBe(0);
  expect(await Promise.all(ends)).toEqual([0, 0]);
});

test.skipIf(!canMakeSandbox).each(['build.lock', 'build.lock.takeover'])(
  'what a killed run has left in %s is taken over once its container was started again',
  async (name) => {
    await using project = await createProject(config('  build: { run: echo built }\n'));
    await project.write('.tasks/locks/.keep', '');
    for (const file of new Set(['build.lock', name])) {
      symlinkSync(`1|1|1|${hostname()} pid:[1]|build`, project.path(`.tasks/locks/${file}`));
      age(project, file, 11);
    }
    const again = (await inSandbox(project))('build');
    expect(await firstLine(again)).toBe('▸ build\n');
    expect(await new Promise((resolve) => again.once('exit', resolve))).toBe(0);
    expect(locksLeft(project)).toEqual(['.keep']);
  },
);

/** What is written at once may come in pieces, and what is written in pieces at once. */
function firstLine({ stdout }: ReturnType<typeof spawn>): Promise<string> {
  let text = '';
  return new Promise((resolve) =>
    stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n') + 1));
    }),
  );
}

test('Ctrl-C ends a run that waits, and leaves the other alone', async () => {
  await using project = await createProject(config('  build: { run: build }\n'));
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  const second = project.start('build');
  await second.says('waits for the run');
  second.child.kill('SIGINT');
  const { exit, stdout } = await second.result;
  expect(exit).toBe(130);
  expect(stdout).toContain('– build not started: interrupted\n');
  invocation.exit(0);
  expect((await first.result).exit).toBe(0);
});

test('a task that starts itself is told so instead of waiting for ever', async () => {
  await using project = await createProject(config('  again: { run: node $CLI again }\n'));
  const { exit, stdout } = await project.run('again', {
    env: { CLI: `${import.meta.dirname}/../../tasks/runner/bin.cjs` },
  });
  expect(exit).toBe(2);
  expect(stdout).toContain('✖ again failed after <time>: it was started by `again`, which holds what it needs\n');
  expect(stdout).toContain('remedy: leave out `tasks again` where `again` runs\n');
});

test('the locks of another user’s run count, too, and what it has left there is no obstacle', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can give files away');
  await using project = await createProject(
    config(
      "  a: { run: a, lock: db }\n  b: { run: echo b, lock: db }\n  c: { needs: [up], run: 'true' }\n  up: { service: { run: 'echo up; exec sleep 100', ready: { log: up } } }\n",
    ),
  );
  await chmod(project.folder, 0o755);
  const a = await project.driven('a');
  const first = project.start('a');
  const invocation = await a.started();
  await project.write('.tasks/locks/b.lock.waiting', '');
  const second = project.start('b', { user: 65534 });
  const waits = `note: \`b\` waits for the run with pid ${first.pid}, which holds the lock \`db\` for its task \`a\`\n`;
  await second.says(waits);
  invocation.exit(0);
  await first.result;
  const { exit, stdout } = await second.result;
  expect(exit).toBe(0);
  expect(stdout).toBe(`${waits}▸ b\nb\n✔ b <time>\n`);
  await chmod(project.path('.tasks/locks'), 0o700);
  const ended = await project.run('c', { user: 65534 });
  expect(ended).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('● up is ready'),
    stderr:
      "note: the output of tasks is not kept in `.tasks/logs`: EACCES: permission denied, mkdir '<project>/.tasks/logs'\n",
  });
});

test('a task of a task is another run, and its locks are no obstacle', async () => {
  await using project = await createProject(
    config('  outer: { run: node $CLI inner }\n  inner: { run: echo inner }\n'),
  );
  const env = { CLI: `${import.meta.dirname}/../../tasks/runner/bin.cjs` };
  const { exit, stdout } = await project.run('outer', { env });
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: '▸ outer\n▸ inner\ninner\n✔ inner <time>\n✔ outer <time>\n' });
});

test('the lock of another user’s run counts also where /proc hides what others run', async (context) => {
  const hide = ['-m', 'sh', '-c', 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', 'sh'];
  context.skip(spawnSync('unshare', [...hide, 'true']).status !== 0, 'mounting another /proc needs root');
  await using project = await createProject(config('  a: { run: a }\n'));
  await chmod(project.folder, 0o755);
  const a = await project.driven('a');
  const first = project.start('a');
  const invocation = await a.started();
  const asOther = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, ...cli('a')];
  const second = spawn('unshare', [...hide, ...asOther], { cwd: project.folder, env: project.env(), stdio: 'pipe' });
  onTestFinished(() => {
    second.kill('SIGKILL');
  });
  let said = '';
  for await (const text of second.stdout) {
    said += text;
    if (said.includes('\n')) break;
  }
  expect(said).toBe(`note: \`a\` waits for the run with pid ${first.pid}, which runs \`a\`\n`);
  expect(a.startCount()).toBe(1);
  invocation.exit(0);
  await first.result;
});

test('what a killed run was doing is done by another one only when all that it had started has ended', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  work: { run: exec sh work.sh }\n',
    'work.sh': `other=$(cat held 2>/dev/null)
[ -n "$other" ] && [ -e "/proc/$other/cwd/held" ] && echo "two at once" >> log
echo $$ > held
[ -e go ] && exit
exec sleep 1000
`,
  });
  // By which the watcher of the first run finds what is below a process.
  await project.program('cat', '[[ $1 == /proc/*/children ]] && sleep 1; exec /bin/cat "$@"');
  const first = project.start('work');
  await expect.poll(() => project.read('held').catch(() => ''), { timeout: 20_000 }).toMatch(/\d/);
  const second = project.start('work');
  await second.says(`waits for the run with pid ${first.pid}`);
  await project.write('go', '');
  first.child.kill('SIGKILL');
  expect((await second.result).exit).toBe(0);
  await expect(project.read('log')).rejects.toThrow();
});

test('the lock of a killed run is taken over at once also where another run has its number now', async () => {
  await using project = await createProject(config('  build: { run: build }\n  work: { run: echo worked }\n'));
  const build = await project.driven('build');
  const first = project.start('build');
  const invocation = await build.started();
  symlinkSync(`${first.pid}|1|1|${hostname()}|work`, project.path('.tasks/locks/work.lock'));
  expect((await project.run('work')).stdout).toBe('▸ work\nworked\n✔ work <time>\n');
  invocation.exit(0);
  await first.result;
});
