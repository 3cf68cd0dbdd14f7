/** Signals and process trees without a terminal: what is asked to end, what may clean up, and that nothing stays behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apart } from '../helpers/apart.ts';
import { childrenOf, isRunning, isStopped, runningIn } from '../helpers/processes.ts';
import { cli, createProject, type Project } from '../helpers/project.ts';
import { slowToEnd } from '../helpers/slow.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

/** A task with a grandchild; both say in the file `story` which signal they got, and clean up. */
const polite = `
listen() { trap "echo $1 got $2 >> story; kill %% 2>/dev/null; echo $1 cleaned >> story; exit 0" $2; }
listen child "$SIGNAL"
(listen grandchild "$SIGNAL"; echo grandchild up; sleep 1000 & wait) &
echo child up
sleep 1000 & wait
`;

const numbers = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

test.each(Object.entries(numbers))(
  '%s asks the whole tree to end, lets it clean up, and gives %i',
  async (signal, exit) => {
    await using project = await createProject({
      ...config(
        '  polite: { run: bash polite.sh, finally: echo last }\n  next: { needs: [polite], run: echo never }\n',
      ),
      'polite.sh': polite,
    });
    const running = project.start('next', { env: { SIGNAL: signal.slice(3) } });
    // Both the child and the grandchild say it.
    await running.says('child up', 2);
    running.child.kill(signal as NodeJS.Signals);
    const result = await running.result;
    expect(result.exit).toBe(exit);
    expect(result.stdout).toContain(
      `${signal}: stopping; once more kills at once\n– next not started: interrupted\nlast\n– polite stopped: interrupted\ninterrupted: 0 done`,
    );
    const story = (await project.read('story')).trim().split('\n');
    expect([...story].sort()).toEqual([
      'child cleaned',
      `child got ${signal.slice(3)}`,
      'grandchild cleaned',
      `grandchild got ${signal.slice(3)}`,
    ]);
  },
);

test('a second signal kills at once what does not want to end', async () => {
  await using project = await createProject(
    config('  deaf: { run: "trap \'\' INT TERM; deaf & deaf2; wait", finally: touch last }\n'),
  );
  const [deaf, deaf2] = await Promise.all([project.driven('deaf'), project.driven('deaf2')]);
  const running = project.start('deaf');
  const invocations = await Promise.all([deaf.started(), deaf2.started()]);
  running.child.kill('SIGINT');
  await running.says('SIGINT: stopping');
  await apart();
  running.child.kill('SIGINT');
  await Promise.all(invocations.map(({ isGone }) => isGone));
  const { exit, stdout } = await running.result;
  expect(exit).toBe(130);
  expect(stdout).toContain('SIGINT: killing\n');
  await expect(project.read('last')).rejects.toThrow();
});

test('a signal that is sent twice at one time, as by `timeout` and service managers, is one', async () => {
  await using project = await createProject({
    ...config('  work: { run: bash work.sh, finally: touch cleaned }\n'),
    'work.sh': "trap 'sleep 0.3; touch ended; exit 0' TERM\necho up\nwhile :; do sleep 0.05; done\n",
  });
  const running = project.start('work');
  await running.says('up');
  running.child.kill('SIGTERM');
  running.child.kill('SIGTERM');
  const { exit, stdout } = await running.result;
  expect(exit).toBe(143);
  expect(stdout).not.toContain('killing');
  expect(await project.read('ended')).toBe('');
  expect(await project.read('cleaned')).toBe('');
});

test('another signal at the same time is another one', async () => {
  await using project = await createProject(config('  deaf: { run: "trap \'\' INT TERM; deaf & wait" }\n'));
  const deaf = await project.driven('deaf');
  const running = project.start('deaf');
  const { isGone } = await deaf.started();
  running.child.kill('SIGINT');
  running.child.kill('SIGTERM');
  await isGone;
  expect((await running.result).stdout).toContain(': killing\n');
});

test('a task that a signal has ended is stopped, not failed, also when it gives a code of its own', async () => {
  await using project = await createProject(
    config(
      '  plain: { run: plain }\n  own: { run: "trap \'exit 3\' INT; own & wait" }\n  all: { needs: [plain, own] }\n',
    ),
  );
  const [plain, own] = await Promise.all([project.driven('plain'), project.driven('own')]);
  const running = project.start('all --jobs=2 --output=json');
  await Promise.all([plain.started(), own.started()]);
  running.child.kill('SIGINT');
  const { exit, stdout } = await running.result;
  expect(exit).toBe(130);
  const ends = stdout
    .split('\n')
    .flatMap((line) => (line.includes('task-finished') ? [JSON.parse(line) as { end: { state: string } }] : []));
  expect(ends.map(({ end }) => end.state).sort()).toEqual(['cancelled', 'cancelled', 'not-started']);
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'run-finished',
    exit: 130,
    reason: 'interrupted',
  });
});

test('a task that is interrupted while it waits for its next try is stopped, not failed', async () => {
  await using project = await createProject(
    config("  shaky: { run: exit 3, retry: { times: 1, backoff: 10m }, finally: 'touch cleaned' }\n"),
  );
  const running = project.start('shaky');
  await running.says('try 2 of 2');
  running.child.kill('SIGINT');
  const { exit, stdout } = await running.result;
  expect(exit).toBe(130);
  expect(stdout).toContain('– shaky stopped: interrupted\ninterrupted: 0 done');
  expect(await project.read('cleaned')).toBe('');
});

test('a grandchild that ignores the signal does not outlive a failure elsewhere', async () => {
  await using project = await createProject(
    config('  bad: { run: bad }\n  other: { run: "(trap \'\' TERM; deaf) & wait" }\n  all: { needs: [bad, other] }\n'),
  );
  const [bad, deaf] = await Promise.all([project.driven('bad'), project.driven('deaf')]);
  const running = project.start('all --jobs=2 --fail-fast');
  const [first, second] = await Promise.all([bad.started(), deaf.started()]);
  first.exit(3);
  await second.isGone;
  expect((await running.result).exit).toBe(3);
});

test('the last steps of an interrupted task are not interrupted, and a second signal ends them', async () => {
  await using project = await createProject(config('  work: { run: work, finally: [last, echo done] }\n'));
  const [work, last] = await Promise.all([project.driven('work'), project.driven('last')]);
  const running = project.start('work');
  await work.started();
  running.child.kill('SIGINT');
  const step = await last.started();
  await apart();
  running.child.kill('SIGINT');
  await step.isGone;
  const { exit, stdout } = await running.result;
  expect(exit).toBe(130);
  expect(stdout).not.toContain('done\n–');
});

/** In a run with it, a minute is over at once. */
const shortMinute = {
  'minute.cjs': `const { setTimeout: start } = globalThis;
globalThis.setTimeout = (callback, ms, ...words) => start(callback, ms === 60_000 ? 500 : ms, ...words);
`,
};

const withShortMinute = (project: Project) => ({ env: { NODE_OPTIONS: `--require=${project.path('minute.cjs')}` } });

test.each(['work', 'last'])(
  'last steps that go on without end have a minute after a signal that comes during `%s`',
  async (during) => {
    await using project = await createProject({
      ...config('  work: { run: work, finally: last }\n'),
      ...shortMinute,
    });
    const [work, last] = await Promise.all([project.driven('work'), project.driven('last')]);
    const running = project.start('work', withShortMinute(project));
    const first = await work.started();
    if (during === 'work') running.child.kill('SIGINT');
    else first.exit(0);
    const step = await last.started();
    if (during === 'last') running.child.kill('SIGINT');
    await step.isGone;
    expect((await running.result).exit).toBe(130);
  },
);

test('last steps have a minute after a signal also where a failure has already stopped their task', async () => {
  await using project = await createProject({
    ...config('  work: { run: work, finally: last }\n  bad: { run: bad }\n  all: { needs: [work, bad] }\n'),
    ...shortMinute,
  });
  const [work, last, bad] = await Promise.all(['work', 'last', 'bad'].map(project.driven));
  const running = project.start('all --jobs=2 --fail-fast', withShortMinute(project));
  await work?.started();
  (await bad?.started())?.exit(3);
  const step = await last?.started();
  running.child.kill('SIGINT');
  await step?.isGone;
  expect((await running.result).exit).toBe(130);
});

test('last steps of a service that a watch starts again have a minute after a signal', async () => {
  await using project = await createProject({
    ...config('  web: { inputs: [conf], service: { run: web }, finally: last }\n'),
    ...shortMinute,
    conf: '',
  });
  const [web, last] = await Promise.all([project.driven('web'), project.driven('last')]);
  const running = project.start('web --watch', withShortMinute(project));
  await web.started();
  await running.says('waiting for a change');
  await project.write('conf', 'new');
  const step = await last.started();
  running.child.kill('SIGINT');
  await step.isGone;
  expect((await running.result).exit).toBe(130);
});

test('a run that is interrupted waits for no time that it gave to what has ended', async () => {
  await using project = await createProject({
    ...config(`  first: { run: 'true', finally: 'true' }
  work: { needs: [first], script: work.mjs, timeout: 5m, finally: 'true' }
`),
    'work.mjs': 'export const run = async ({ $ }) => { await $`work`; };\n',
    'never.cjs': `const { setTimeout: start } = globalThis;
globalThis.setTimeout = (callback, ms, ...words) => start(callback, ms >= 4_000 ? 2 ** 30 : ms, ...words);
`,
  });
  const work = await project.driven('work');
  const running = project.start('work', { env: { NODE_OPTIONS: `--require=${project.path('never.cjs')}` } });
  await work.started();
  running.child.kill('SIGINT');
  expect((await running.result).exit).toBe(130);
});

test('a task that is interrupted while its inputs are read does not start', async () => {
  await using project = await createProject(config('  build: { inputs: [{ command: slow }], run: echo built }\n'));
  const slow = await project.driven('slow');
  const running = project.start('build');
  await slow.started();
  running.child.kill('SIGINT');
  const { exit, stdout } = await running.result;
  expect({ exit, stdout }).toEqual({
    exit: 130,
    stdout:
      'SIGINT: stopping; once more kills at once\n– build stopped: interrupted\ninterrupted: 0 done, 1 stopped, <time>\n',
  });
});

test('an interrupted task runs every last step, also after one that failed', async () => {
  await using project = await createProject(config('  work: { run: work, finally: [exit 4, touch cleaned] }\n'));
  const work = await project.driven('work');
  const running = project.start('work');
  await work.started();
  running.child.kill('SIGINT');
  const { exit, stdout } = await running.result;
  expect(exit).toBe(130);
  expect(stdout).toContain(
    'note: the last step `exit 4` of `work` failed too: exit code 4\n– work stopped: interrupted\n',
  );
  expect(await project.read('cleaned')).toBe('');
});

/** Takes from a runner where it could keep notes, or their room, and by what else its watcher would know a process. */
const without = (what: string): string => `const fs = require('node:fs');
const { openSync, writeSync } = fs;
const isOfNotes = (path) => /[/]tasks-\\d+-\\d+$/.test(path);
const notes = new Set();
const refuse = (code) => { throw Object.assign(new Error(code), { code }); };
fs.openSync = (path, ...more) => {
  if (path === '/dev/null' || (isOfNotes(path) && ${what === 'file'})) refuse('EACCES');
  const fd = openSync(path, ...more);
  if (isOfNotes(path)) notes.add(fd);
  return fd;
};
fs.writeSync = (fd, ...more) => (notes.has(fd) && ${what === 'room'} ? refuse('ENOSPC') : writeSync(fd, ...more));
`;

test.each([
  ['', ''],
  [', nor where no temporary file can be made', 'file'],
  [', nor where it has no room', 'room'],
])('when the runner is killed, nothing that its tasks have started lives on%s', async (_, missing) => {
  await using project = await createProject({
    ...config("  tree: { run: 'child & setsid child2 & nohup child3 & wait' }\n"),
    'without.cjs': without(missing),
  });
  const driven = await Promise.all(['child', 'child2', 'child3'].map((name) => project.driven(name)));
  const running = project.start('tree', { env: { NODE_OPTIONS: `--require=${project.path('without.cjs')}` } });
  const invocations = await Promise.all(driven.map((command) => command.started()));
  running.child.kill('SIGKILL');
  await Promise.all(invocations.map(({ isGone }) => isGone));
  expect((await running.result).exit).toBe(null);
});

test('when the runner is killed, what holds the output of a task does not live on, though nothing else leads to it', async () => {
  await using project = await createProject(
    config("  tree: { run: '(setsid child & setsid left >/dev/null 2>&1 &); work' }\n"),
  );
  const [work, child] = await Promise.all([project.driven('work'), project.driven('child')]);
  await project.program('left', 'echo $$ > left; exec sleep 60');
  const running = project.start('tree');
  const [, { isGone }] = await Promise.all([work.started(), child.started()]);
  await expect.poll(() => project.read('left').catch(() => ''), { timeout: 20_000 }).toMatch(/\n/);
  running.child.kill('SIGKILL');
  await isGone;
  await running.result;
  const left = Number(await project.read('left'));
  expect(isRunning(left)).toBe(true);
  process.kill(left);
});

/** Ends the runner between the start of a process and whatever it does next. */
const killed = `const children = require('node:child_process');
const { spawn } = children;
children.spawn = (program, words, options) => {
  const child = spawn(program, words, options);
  if (words.some((word) => word.startsWith('victim='))) process.kill(process.pid, 'SIGKILL');
  return child;
};
`;

test.each([
  ['of a shell', 'sleep 60 & sleep 60'],
  ['of Node', 'exec node wait.cjs'],
])('when the runner is killed before it could tell of a process %s, that does not live on either', async (_, run) => {
  await using project = await createProject({
    ...config(`  first: { run: echo first }\n  victim: { needs: [first], run: 'victim=1; ${run}' }\n`),
    'wait.cjs': 'setTimeout(() => undefined, 60_000);\n',
    'kill.cjs': killed,
  });
  const { result } = project.start('victim', { env: { NODE_OPTIONS: `--require=${project.path('kill.cjs')}` } });
  expect((await result).exit).toBe(null);
  await expect.poll(() => runningIn(project.folder), { timeout: 20_000 }).toEqual([]);
});

test('when the runner is killed, what another run has just left behind on purpose lives on', async () => {
  await using project = await createProject({
    ...config("  left: { script: left.ts }\n  victim: { inputs: [left.ts], run: 'victim=1; sleep 60' }\n"),
    'left.ts': 'export const run = async ({ $ }) => { await $`sleep 60 >/dev/null 2>&1 &`; };\n',
    'kill.cjs': killed,
  });
  expect((await project.run('left')).exit).toBe(0);
  const [left = 0] = runningIn(project.folder);
  const env = { NODE_OPTIONS: `--require=${project.path('kill.cjs')}` };
  expect((await project.run('victim', { env })).exit).toBe(null);
  await expect.poll(() => readdirSync(project.path('.tasks/state')).join(), { timeout: 20_000 }).toContain('killed-');
  await expect.poll(() => runningIn(project.folder)).toEqual([left]);
  process.kill(left);
});

test('when the runner is killed while it ends what a task has left behind, that does not live on', async () => {
  await using project = await createProject(
    config('  tree: { run: \'(trap "" TERM; setsid deaf) & echo $$ >shell; work\' }\n'),
  );
  const [work, deaf] = await Promise.all([project.driven('work'), project.driven('deaf')]);
  const running = project.start('tree');
  const [, { isGone }] = await Promise.all([work.started(), deaf.started()]);
  const shell = Number(await project.read('shell'));
  running.child.kill('SIGTERM');
  await expect.poll(() => isRunning(shell)).toBe(false);
  running.child.kill('SIGKILL');
  await isGone;
  expect((await running.result).exit).toBe(null);
});

test('when the runner is killed, nothing lives on of what starts one process after another', async () => {
  await using project = await createProject(
    config("  tree: { run: 'while :; do setsid sleep 1000 & sleep 0.01; done' }\n"),
  );
  const running = project.start('tree');
  await expect.poll(() => runningIn(project.folder).length, { timeout: 20_000 }).toBeGreaterThan(30);
  running.child.kill('SIGKILL');
  await running.result;
  await expect.poll(() => runningIn(project.folder), { timeout: 20_000 }).toEqual([]);
});

test('when the runner is killed, what a script has started does not live on', async () => {
  await using project = await createProject({
    ...config('  tree: { script: tree.ts }\n'),
    'tree.ts': 'export const run = async ({ $ }) => { await $`child & wait`; };\n',
  });
  const child = await project.driven('child');
  const running = project.start('tree');
  const invocation = await child.started();
  running.child.kill('SIGKILL');
  await invocation.isGone;
  await running.result;
});

test('when the runner is killed, its services do not live on', async () => {
  await using project = await createProject(
    config('  web: { service: { run: web } }\n  test: { needs: [web], run: user }\n'),
  );
  const [web, user] = await Promise.all([project.driven('web'), project.driven('user')]);
  const running = project.start('test');
  const invocations = [await web.started(), await user.started()];
  running.child.kill('SIGKILL');
  await Promise.all(invocations.map(({ isGone }) => isGone));
  await running.result;
});

/** A docker whose containers are a file each; `run` goes on until it is killed, and leaves the container then. */
const docker = `case "$1" in
  info) echo '{"ServerVersion":"28.0.0"}' ;;
  image) echo id ;;
  run) name=$(echo "$*" | sed 's/.*--name \\([^ ]*\\).*/\\1/'); touch "$CONTAINERS/$name"; echo container up; exec inside ;;
  rm) rm -f "$CONTAINERS/$3"; echo "removed $3" >> "$CONTAINERS.story" ;;
esac`;

async function containerProject(): Promise<Project> {
  const project = await createProject({
    ...config(
      '  boxed: { container: box, run: echo inside }\n  bounded: { container: box, run: echo inside, timeout: 1s }\n  next: { needs: [boxed], run: victim=1; next }\n',
    ),
    'containers/.keep': '',
  });
  await project.program('docker', docker);
  return project;
}

test.each(['SIGINT', 'SIGKILL'] as const)('%s leaves no container', async (signal) => {
  await using project = await containerProject();
  const inside = await project.driven('inside');
  const env = { CONTAINERS: project.path('containers') };
  const running = project.start('boxed --engine=docker', { env });
  const invocation = await inside.started();
  running.child.kill(signal);
  await invocation.isGone;
  await running.result;
  await expect
    .poll(() => project.read('containers.story'), { timeout: 20_000 })
    .toMatch(/^removed tasks-\d+-1-boxed\n$/);
});

test('what had ended before the runner was killed is left alone: its number and its name may be those of another', async () => {
  await using project = await containerProject();
  await project.write('.tasks/state/.keep', '');
  const [inside, next] = await Promise.all([project.driven('inside'), project.driven('next')]);
  const running = project.start('next --engine=docker', { env: { CONTAINERS: project.path('containers') } });
  (await inside.started()).exit(0);
  const invocation = await next.started();
  running.child.kill('SIGKILL');
  await invocation.isGone;
  await expect.poll(() => readdirSync(project.path('.tasks/state')).join(), { timeout: 20_000 }).toContain('killed-');
  await expect(project.read('containers.story')).rejects.toThrow();
});

test('what had ended is left alone, too, where the runner is killed in the moment in which it starts the next', async () => {
  await using project = await containerProject();
  await project.write('.tasks/state/.keep', '');
  await project.write('kill.cjs', killed);
  const inside = await project.driven('inside');
  await project.program('next', 'exec sleep 60');
  const env = { CONTAINERS: project.path('containers'), NODE_OPTIONS: `--require=${project.path('kill.cjs')}` };
  const running = project.start('next --engine=docker', { env });
  (await inside.started()).exit(0);
  expect((await running.result).exit).toBe(null);
  await expect.poll(() => readdirSync(project.path('.tasks/state')).join(), { timeout: 20_000 }).toContain('killed-');
  await expect(project.read('containers.story')).rejects.toThrow();
});

test('a time-out ends the container too', async () => {
  await using project = await containerProject();
  const inside = await project.driven('inside');
  const running = project.start('bounded --engine=docker', { env: { CONTAINERS: project.path('containers') } });
  const invocation = await inside.started();
  await invocation.isGone;
  expect((await running.result).exit).toBe(124);
  expect(await project.read('containers.story')).toMatch(/^removed tasks-\d+-1-bounded\n$/);
});

test('children that have ended are no zombies, and the watcher ends with the run', async () => {
  await using project = await createProject(
    config(
      "  a: { run: 'true & true' }\n  b: { needs: [a], run: 'true; true & wait' }\n  hold: { needs: [b], run: hold }\n",
    ),
  );
  const hold = await project.driven('hold');
  const running = project.start('hold');
  const invocation = await hold.started();
  const children = childrenOf(running.pid);
  expect(children.filter(({ state }) => state === 'Z')).toEqual([]);
  invocation.exit(0);
  expect((await running.result).exit).toBe(0);
  await expect.poll(() => children.filter(({ pid }) => isRunning(pid))).toEqual([]);
});

test('a run within a run passes the signal on, and each level ends its own', async () => {
  await using project = await createProject(
    config(`  outer: { run: node $CLI inner }\n  inner: { run: inner, finally: echo last of inner }\n`),
  );
  const inner = await project.driven('inner');
  const running = project.start('outer', { env: { CLI: cli('')[0] ?? '' } });
  const invocation = await inner.started();
  running.child.kill('SIGTERM');
  await invocation.isGone;
  const { exit, stdout } = await running.result;
  expect(exit).toBe(143);
  expect(stdout).toContain('last of inner\n– inner stopped: interrupted\n');
});

test('a task of a run within a run gets a signal once', async () => {
  await using project = await createProject({
    ...config('  outer: { run: node $CLI inner }\n  inner: { run: bash work.sh }\n'),
    'work.sh': "trap 'echo INT >>story' INT\necho up\nuntil [ -e story ]; do sleep 0.05; done\nsleep 1\nsleep 0.5\n",
  });
  const running = project.start('outer', { env: { CLI: cli('')[0] ?? '' } });
  await running.says('up');
  running.child.kill('SIGINT');
  expect((await running.result).exit).toBe(130);
  expect(await project.read('story')).toBe('INT\n');
});

test('what has heard the signal and cleans up is not asked again, though its parent has gone', async () => {
  await using project = await createProject({
    ...config('  work: { run: sh work.sh }\n'),
    ...slowToEnd(900),
  });
  const running = project.start('work');
  await running.says('listening');
  running.child.kill('SIGTERM');
  expect((await running.result).exit).toBe(143);
  expect(await project.read('story')).toBe('cleaned');
});

test.each([
  ['at once', ''],
  ['after a while', 'sleep 0.5; '],
])(
  'what has started since the signal, %s, is asked once, when its parent has gone, and may clean up too',
  async (_, pause) => {
    await using project = await createProject({
      ...config('  work: { run: sh late.sh }\n'),
      ...slowToEnd(900),
      'late.sh': `trap '${pause}node slow.cjs > up & until [ -s up ]; do sleep 0.1; done; exit 0' TERM
echo ready
sleep 1000 & wait
`,
    });
    const running = project.start('work');
    await running.says('ready');
    running.child.kill('SIGTERM');
    expect((await running.result).exit).toBe(143);
    expect(await project.read('story')).toBe('cleaned');
  },
);

test('what was stopped hears the signal too, and may clean up', async () => {
  await using project = await createProject({
    ...config('  work: { run: sh work.sh }\n'),
    'work.sh': "trap 'echo cleaned >story; exit 0' TERM\necho ready\nkill -STOP $$\necho on\nsleep 1000 & wait\n",
  });
  const running = project.start('work');
  await running.says('ready');
  await expect.poll(() => runningIn(project.folder).some(isStopped), { timeout: 10_000 }).toBe(true);
  running.child.kill('SIGTERM');
  expect((await running.result).exit).toBe(143);
  expect(await project.read('story')).toBe('cleaned\n');
});

test('what works for somebody who cleans up is not asked to end', async () => {
  await using project = await createProject({
    ...config('  work: { run: sh work.sh & sleep 1000 }\n'),
    'work.sh': `trap 'sleep 0.5; sh cleaner.sh; exit 0' TERM
echo ready
sleep 1000 & wait
`,
    'cleaner.sh': "trap 'echo asked >>story' TERM\nsleep 0.5; sleep 0.5\necho cleaned >>story\n",
  });
  const running = project.start('work');
  await running.says('ready');
  running.child.kill('SIGTERM');
  expect((await running.result).exit).toBe(143);
  expect(await project.read('story')).toBe('cleaned\n');
});

test('a second signal kills at once also what cleans up when its parent has gone', async () => {
  await using project = await createProject({
    ...config('  work: { run: sh work.sh }\n'),
    ...slowToEnd(4_000),
  });
  const running = project.start('work');
  await running.says('listening');
  running.child.kill('SIGTERM');
  await running.says('SIGTERM: stopping');
  await apart();
  running.child.kill('SIGTERM');
  expect((await running.result).exit).toBe(143);
  expect(runningIn(project.folder)).toEqual([]);
  await expect(project.read('story')).rejects.toThrow();
});

test('a runner that leads a session of its own ends on SIGTERM all the same', async () => {
  await using project = await createProject(config('  work: { run: work }\n'));
  const work = await project.driven('work');
  const child = spawn(process.execPath, [...cli('work')], {
    cwd: project.folder,
    env: project.env(),
    stdio: 'ignore',
    detached: true,
  });
  const invocation = await work.started();
  child.kill('SIGTERM');
  await invocation.isGone;
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(143);
});
