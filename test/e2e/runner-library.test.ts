/** Tasks run from another program: how an abort, a mistake and a listener that throws end. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';
import { openTerminalOf } from '../helpers/terminal.ts';

const config =
  "version: 1\ntasks:\n  slow: { run: [echo up, sleep 1000], finally: touch cleaned }\n  quick: { run: 'true' }\n";

async function runProgram(body: string) {
  const project = await createProject({
    'tasks.config.yaml': config,
    'use.mjs': `import { run } from 'zx-tasks';\n${body}`,
  });
  const ran = spawnSync(process.execPath, ['use.mjs'], { cwd: project.folder, env: project.env(), encoding: 'utf8' });
  return { project, ...ran };
}

test.each([
  ['before it begins', 'const signal = AbortSignal.abort();'],
  ['at once', 'const stop = new AbortController(); queueMicrotask(() => stop.abort()); const { signal } = stop;'],
  ['a moment later', 'const signal = AbortSignal.timeout(20);'],
])('an abort %s is an interrupt', async (_, body) => {
  const { project, stdout, stderr } = await runProgram(
    `${body}\nconsole.log(JSON.stringify(await run(['slow'], { signal, onEvent: () => undefined })));`,
  );
  await using _project = project;
  expect({ stdout, stderr }).toEqual({ stdout: '{"exit":130}\n', stderr: '' });
});

test('a text instead of a list of words is a mistake, and not taken letter by letter', async () => {
  const { project, stdout, stderr } = await runProgram(
    `console.log(JSON.stringify([await run('quick'), await run('quick', { onEvent: () => undefined })]));`,
  );
  await using _project = project;
  const error = "error: `run` takes a list of words, such as `run(['build', '--jobs=2'])`";
  expect([JSON.parse(stdout), stderr]).toEqual([[{ exit: 2 }, { exit: 2, error }], `${error}\n`]);
});

test('an abort on a terminal asks what runs, as without one', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config,
    'use.mjs': `import { run } from 'zx-tasks';
const stop = new AbortController();
const onEvent = ({ type, line }) => { if (type === 'task-output' && line === 'up') setTimeout(() => stop.abort(), 1_000); };
console.log(JSON.stringify(await run(['slow'], { signal: stop.signal, onEvent })));`,
  });
  const terminal = openTerminalOf(project, [process.execPath, 'use.mjs']);
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toBe('{"exit":130}');
  expect(await project.read('cleaned')).toBe('');
});

test('with a listener nothing is printed: a mistake is in the result', async () => {
  const { project, stdout, stderr } = await runProgram(
    "console.log(JSON.stringify(await run(['slwo'], { onEvent: () => undefined })));",
  );
  await using _project = project;
  const error = 'error: unknown task `slwo`, did you mean `slow`?\nhint: `npx tasks --list` shows all tasks';
  expect({ stdout, stderr }).toEqual({ stdout: `${JSON.stringify({ exit: 2, error })}\n`, stderr: '' });
});

test.each([
  ['missing', 'does not exist'],
  ['use.mjs', 'is a file'],
  ['use.mjs/folder', 'cannot be entered: ENOTDIR'],
])('a `cwd` that is no folder is a mistake like others: %s', async (cwd, why) => {
  const { project, stdout, stderr } = await runProgram(
    `const cwd = '${cwd}';
console.log(JSON.stringify(await run(['slow'], { cwd, onEvent: () => undefined })));
console.log(JSON.stringify(await run(['slow'], { cwd })));`,
  );
  await using _project = project;
  const error = `error: the folder \`${cwd}\`, given as \`cwd\`, ${why}`;
  expect({ stdout, stderr }).toEqual({
    stdout: `${JSON.stringify({ exit: 2, error })}\n{"exit":2}\n`,
    stderr: `${error}\n`,
  });
});

test('a listener may be `async`: what it throws interrupts the run too, and `run` waits for what it does', async () => {
  const { project, status, stdout, stderr } = await runProgram(
    `import { setTimeout as sleep } from 'node:timers/promises';
const onEvent = async ({ type, line }) => { if (type === 'task-output' && line === 'up') { await sleep(50); throw new Error('enough'); } };
await run(['slow'], { onEvent }).catch((error) => console.log(error.message));
const late = async ({ type }) => { if (type === 'run-finished') { await sleep(300); console.log('written'); throw new Error('at the end'); } };
await run(['--list'], { onEvent: late });
await run(['quick'], { onEvent: late }).catch((error) => console.log(error.message));`,
  );
  await using _project = project;
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'enough\nwritten\nat the end\n', stderr: '' });
  expect(await project.read('cleaned')).toBe('');
});

test('what a listener throws interrupts the run, and comes out of `run`', async () => {
  const { project, status, stdout, stderr } = await runProgram(
    `let calls = 0;
const onEvent = ({ type, line }) => { if (type === 'task-output' && line === 'up') { calls++; throw new Error('enough'); } };
await run(['slow'], { onEvent }).catch((error) => console.log(error.message, calls));`,
  );
  await using _project = project;
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'enough 1\n', stderr: '' });
  expect(await project.read('cleaned')).toBe('');
});
