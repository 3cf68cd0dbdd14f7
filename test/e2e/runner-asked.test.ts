/** A task that was asked to end before it had ended is not done, whatever exit code it chooses. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { apart } from '../helpers/apart.ts';
import { normalise } from '../helpers/normalise.ts';
import { cli, createProject } from '../helpers/project.ts';
import { openTerminal } from '../helpers/terminal.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });
const ctrlC = '\u0003';

/** Writes half of its output, and ends with 0 when it is asked to end. */
const half = {
  source: '',
  'half.sh': `trap 'echo asked; exit 0' INT TERM
[ -e go ] && { echo whole > out; exit 0; }
echo half > out
echo up
while :; do sleep 0.05; done
`,
};
const task = "{ inputs: [source, half.sh], outputs: [out], run: exec bash half.sh, finally: 'touch cleaned' }";

test('an interrupted task that ends with 0 is stopped, and the next run does it again', async () => {
  await using project = await createProject({
    ...half,
    ...config(`  half: ${task}\n  next: { needs: [half], run: cat out }\n`),
  });
  const running = project.start('next');
  await running.says('up');
  running.child.kill('SIGINT');
  const first = await running.result;
  expect(first.exit).toBe(130);
  expect(first.stdout).toContain('– half stopped: interrupted\n');
  expect(await project.read('cleaned')).toBe('');
  await project.write('go', '');
  const { exit, stdout } = await project.run('next');
  expect({ exit, stdout }).toEqual({
    exit: 0,
    stdout: '▸ half\n✔ half <time>\n▸ next\nwhole\n✔ next <time>\nok: 2 done, <time>\n',
  });
});

test('a task that a failure elsewhere stops before its inputs are known was not interrupted', async () => {
  await using project = await createProject(
    config(`  slow: { inputs: [{ command: look }], run: echo never }
  bad: { run: bad }
  all: { needs: [slow, bad] }
`),
  );
  const [look, bad] = await Promise.all([project.driven('look'), project.driven('bad')]);
  const running = project.start('all --jobs=2 --fail-fast');
  await look.started();
  (await bad.started()).exit(3);
  expect((await running.result).stdout).toContain('– slow stopped: another task failed\n');
});

test('a task that ends with 0 when its time is over has failed', async () => {
  await using project = await createProject({
    ...half,
    ...config(`  half: ${task.replace('{ ', '{ timeout: 2s, ')}\n  next: { needs: [half], run: cat out }\n`),
  });
  for (const _ of ['first', 'second']) {
    const { exit, stdout } = await project.run('next');
    expect(exit).toBe(124);
    expect(stdout).toContain('asked\n✖ half failed after <time>: timed out after <time>\n');
    expect(stdout).toContain('– next not started');
  }
});

test('a task that ends with 0 because another has failed is stopped', async () => {
  await using project = await createProject({
    ...half,
    ...config(`  half: ${task}\n  bad: { run: bad }\n  all: { needs: [half, bad] }\n`),
  });
  const bad = await project.driven('bad');
  const running = project.start('all --jobs=2 --fail-fast');
  await running.says('up');
  (await bad.started()).exit(3);
  const { exit, stdout } = await running.result;
  expect(exit).toBe(3);
  expect(stdout).toContain('– half stopped: another task failed\n');
  await project.write('go', '');
  expect((await project.run('half')).stdout).toBe('▸ half\n✔ half <time>\n');
});

test('after a command that has swallowed the signal, the next one of its task does not start', async () => {
  await using project = await createProject({
    ...half,
    ...config('  list: { run: [exec bash half.sh, touch second] }\n'),
  });
  const running = project.start('list');
  await running.says('up');
  running.child.kill('SIGTERM');
  const { exit, stdout } = await running.result;
  expect(exit).toBe(143);
  expect(stdout).toContain('– list stopped: interrupted\n');
  await expect(project.read('second')).rejects.toThrow();
});

test.each([
  ['catches what it was told', 'await $`exec bash half.sh`; await sleep(600_000).catch(() => undefined);'],
  ['goes on after a command with `nothrow`', 'await $`exec sleep 600`.nothrow(); await $`touch on`;'],
  ['starts another command', 'await $`exec bash half.sh`; await $`touch on`.nothrow(); await $`touch on`;'],
  ['only returns', 'while (!signal.aborted) await new Promise((settle) => setTimeout(settle, 20));'],
])('a script that is interrupted and %s is stopped', async (_, body) => {
  await using project = await createProject({
    ...half,
    ...config('  script: { script: script.ts }\n'),
    'script.ts': `export const run = async ({ $, sleep, signal }) => { await $\`echo up\`; ${body} };\n`,
  });
  const running = project.start('script');
  await running.says('up', body.includes('half.sh') ? 2 : 1);
  running.child.kill('SIGINT');
  const { exit, stdout } = await running.result;
  expect(exit).toBe(130);
  expect(stdout).toContain('– script stopped: interrupted\n');
  await expect(project.read('on')).rejects.toThrow();
});

test('a task that had ended by itself is done, though its output went on until its time was over', async () => {
  await using project = await createProject({
    ...config("  talk: { timeout: 3s, run: '(sh flood.sh; touch flooded) & sleep 1; exit 0' }\n"),
    'flood.sh': 'timeout 6 yes "$(head -c 4000 /dev/zero | tr "\\0" x)"\n',
  });
  const script = `"${process.execPath}" "${cli('')[0]}" talk | tail -c 100; echo "$\{PIPESTATUS[0]}"`;
  const { stdout } = spawnSync('bash', ['-c', script], { cwd: project.folder, env: project.env(), encoding: 'utf8' });
  expect(normalise(stdout, project.folder)).toMatch(/\n✔ talk <time>\n0\n$/);
  await expect.poll(() => project.read('flooded').catch(() => 'not yet')).toBe('');
});

test('a task whose last step a second signal has killed is stopped', async () => {
  await using project = await createProject(config('  work: { run: echo done, finally: last }\n'));
  const last = await project.driven('last');
  const running = project.start('work');
  const step = await last.started();
  running.child.kill('SIGINT');
  await running.says('SIGINT: stopping');
  await apart();
  running.child.kill('SIGINT');
  await step.isGone;
  expect((await running.result).stdout).toContain('– work stopped: interrupted\n');
});

test('Ctrl-C on a terminal: a task that ends with 0 is stopped', async () => {
  await using project = await createProject({ ...half, ...config(`  half: ${task}\n`) });
  const terminal = openTerminal(project, 'half --output=plain');
  await terminal.shows('up');
  terminal.type(ctrlC);
  expect(await terminal.exit).toBe(130);
  expect(terminal.screen()).toContain('– half stopped: interrupted');
  await project.write('go', '');
  expect((await project.run('half')).stdout).toBe('▸ half\n✔ half <time>\n');
});

/** Makes a runner hear of a SIGINT only when it has heard that `half.sh` has ended of it. */
const late = (after: string): string => `const children = require('node:child_process');
const { spawn } = children;
const hasEnded = new Promise((settle) => {
  children.spawn = (program, words, options) => {
    const child = spawn(program, words, options);
    if ([program, ...words].some((word) => word.endsWith('half.sh'))) child.once('exit', () => ${after});
    return child;
  };
});
const on = process.on.bind(process);
process.on = (event, listener) => on(event, event === 'SIGINT' ? (name) => hasEnded.then(() => listener(name)) : listener);
`;

test.each([
  ['a task that ends with 0 is stopped', task],
  ['a script does not go on', '{ script: script.ts }'],
  ['a script that captures does not go on', '{ script: capture.ts }'],
])('Ctrl-C on a terminal: %s also where a busy runner hears of that end first', async (_, half_) => {
  await using project = await createProject({
    ...half,
    'half.sh': half['half.sh'].replace('echo asked', 'sleep 0.3'),
    'script.ts':
      'export const run = async ({ $ }) => { await $`exec bash half.sh`.nothrow(); await $`touch on`.nothrow(); };\n',
    'capture.ts': `import { existsSync } from 'node:fs';
export const run = async ({ run, log, sleep }) => {
  const half = run(['bash', 'half.sh']);
  while (!existsSync('out')) await sleep(10);
  log('up');
  await half;
  await run(['touch', 'on']);
};
`,
    ...config(`  half: ${half_}\n`),
    'late.cjs': late('setTimeout(settle, 20)'),
  });
  const env = { NODE_OPTIONS: `--require=${project.path('late.cjs')}` };
  const terminal = openTerminal(project, 'half --output=plain', { env });
  await terminal.shows('\nup');
  await apart();
  terminal.type(ctrlC);
  expect(await terminal.exit).toBe(130);
  expect(terminal.screen()).toContain('– half stopped: interrupted');
  await expect(project.read('on')).rejects.toThrow();
});

test('Ctrl-C on a terminal: a task that ends with 0 so early that nothing tells of the signal is stopped', async () => {
  await using project = await createProject({
    ...half,
    ...config(`  half: ${task}\n`),
    'late.cjs': `const later = setTimeout;
globalThis.setTimeout = (then, ms, ...more) => later(then, ms === 50 ? 60_000 : ms, ...more);
${late('setImmediate(settle)')}`,
  });
  const env = { NODE_OPTIONS: `--require=${project.path('late.cjs')}` };
  const terminal = openTerminal(project, 'half --output=plain', { env });
  await terminal.shows('up');
  terminal.type(ctrlC);
  expect(await terminal.exit).toBe(130);
  expect(terminal.screen()).toContain('– half stopped: interrupted');
});

test('Ctrl-C on a terminal: what is started before a busy runner hears of it is asked too', async () => {
  await using project = await createProject({
    ...config("  work: { run: 'sleep 6; touch lived' }\n"),
    'early.cjs': `const children = require('node:child_process');
const { spawn } = children;
children.spawn = (program, words, options) => {
  if (words.some((word) => word.includes('touch lived'))) process.kill(0, 'SIGINT');
  return spawn(program, words, options);
};
`,
  });
  const env = { NODE_OPTIONS: `--require=${project.path('early.cjs')}` };
  const terminal = openTerminal(project, 'work --output=plain', { env });
  expect(await terminal.exit).toBe(130);
  expect(terminal.screen()).toContain('– work stopped: interrupted');
  await expect(project.read('lived')).rejects.toThrow();
});

test.each(['true', 'false'])(
  'Ctrl-C on a terminal: a script does not go on after its command, with `nothrow` neither; interactive: %s',
  async (interactive) => {
    await using project = await createProject({
      ...config(`  script: { interactive: ${interactive}, script: script.ts }\n`),
      'script.ts':
        'export const run = async ({ $ }) => { await $`echo up; work`.nothrow(); await $`touch on`.nothrow(); };\n',
    });
    await project.program('work', 'echo at work; exec sleep 1000');
    const terminal = openTerminal(project, 'script --output=plain');
    await terminal.shows('at work');
    terminal.type(ctrlC);
    expect(await terminal.exit).toBe(130);
    expect(terminal.screen()).toContain('– script stopped: interrupted');
    await expect(project.read('on')).rejects.toThrow();
  },
);

test('Ctrl-C on a terminal: a program that deals with it and ends with 0 has done an interactive task', async () => {
  await using project = await createProject({
    ...config("  talk: { interactive: true, inputs: [talk.sh], run: 'bash talk.sh' }\n"),
    'talk.sh': 'trap \'echo caught\' INT\necho up\nread -r _ || true\nread -r answer\necho "$answer"\n',
  });
  const terminal = openTerminal(project, 'talk');
  await terminal.shows('up');
  terminal.type(ctrlC);
  await terminal.shows('caught');
  terminal.type('\r');
  terminal.type('bye\r');
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toContain('bye\n✔ talk');
  expect((await project.run('talk')).stdout).toContain('up to date');
});
