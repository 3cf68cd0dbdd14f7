/** What a task has started and that has lost its parent: whose it is, whether it ends, and how long it may clean up. */
import { expect, test } from 'vitest';
import { isRunning, runningIn } from '../helpers/processes.ts';
import { cli, createProject, type Project } from '../helpers/project.ts';
import { slowToEnd } from '../helpers/slow.ts';
import { openTerminalOf, type Terminal } from '../helpers/terminal.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });
const ctrlC = '\u0003';

/** On a terminal that is there when the run is over: its end would end what has been left there. */
function openShell(project: Project, words: string): Terminal {
  const run = [process.execPath, ...cli(words)].join(' ');
  return openTerminalOf(project, ['bash', '-c', `trap : INT; ${run}; echo "code $?"; read -r _`]);
}

test.each([
  ['Ctrl-C', 'work', 130],
  ['a time-out', 'bounded', 124],
])('on a terminal, what a finished task has left on purpose outlives %s of another', async (_, task, exit) => {
  await using project = await createProject(
    config(`  first: { run: 'sleep 1000 >/dev/null 2>&1 & echo $! >left' }
  work: { needs: [first], run: 'sleep 0.5; echo up; sleep 1000' }
  bounded: { needs: [first], run: sleep 1000, timeout: 1s }
`),
  );
  const terminal = openShell(project, task);
  if (task === 'work') {
    await terminal.shows('› up');
    terminal.type(ctrlC);
  }
  await terminal.shows(`code ${exit}`);
  const left = Number(await project.read('left'));
  expect(isRunning(left)).toBe(true);
  process.kill(left);
});

test('on a terminal, what a task starts while it cleans up may clean up too, though its shell is gone', async () => {
  await using project = await createProject({
    ...config('  work: { run: sh late.sh }\n'),
    ...slowToEnd(900),
    'late.sh': `trap 'sleep 0.5; node slow.cjs >up & until [ -s up ]; do sleep 0.1; done; exit 0' INT
echo ready
sleep 1000 & wait
`,
  });
  const terminal = openShell(project, 'work');
  await terminal.shows('ready');
  terminal.type(ctrlC);
  await terminal.shows('code 130');
  expect(await project.read('story')).toBe('cleaned');
});

test('closing the terminal ends also what ignores that, though its shell has died of it before the runner heard', async () => {
  await using project = await createProject(
    config(`  work: { run: '(trap "" HUP; deaf >/dev/null) & work', finally: touch cleaned }\n`),
  );
  const [work, deaf] = await Promise.all([project.driven('work'), project.driven('deaf')]);
  const terminal = openTerminalOf(project, ['bash', '-c', `${[process.execPath, ...cli('work')].join(' ')}; exit`]);
  const [, { isGone }] = await Promise.all([work.started(), deaf.started()]);
  await terminal.shows('work');
  terminal.close();
  await isGone;
  await expect.poll(() => project.read('cleaned').catch(() => undefined), { timeout: 20_000 }).toBe('');
});

/** In a run with it, no grace and no time-out is ever over. */
const never = `const { setTimeout: start } = globalThis;
globalThis.setTimeout = (callback, ms, ...words) => start(callback, ms >= 4_000 ? 2 ** 30 : ms, ...words);
`;

const background = {
  ...config('  script: { script: script.ts }\n'),
  'script.ts': 'export const run = async ({ $ }) => { await $`sleep 1000 & echo up; eval "$THEN"`; };\n',
  'never.cjs': never,
};

test.each(['true', 'sleep 1000'])(
  'a script whose command has left something in the background, then `%s`, is interrupted at once',
  async (then) => {
    await using project = await createProject(background);
    const env = { THEN: then, NODE_OPTIONS: `--require=${project.path('never.cjs')}` };
    const running = project.start('script', { env });
    await running.says('up');
    running.child.kill('SIGINT');
    expect((await running.result).exit).toBe(130);
    expect(runningIn(project.folder)).toEqual([]);
  },
);

test('a script whose command has left something in the background is interrupted at once by Ctrl-C', async () => {
  await using project = await createProject(background);
  await project.write('script.ts', 'export const run = async ({ $ }) => { await $`sleep 1000 & echo up`; };\n');
  const terminal = openTerminalOf(project, ['bash', '-c', `${process.execPath} ${cli('script').join(' ')}`], {
    env: { NODE_OPTIONS: `--require=${project.path('never.cjs')}` },
  });
  await terminal.shows('up');
  terminal.type(ctrlC);
  expect(await terminal.exit).toBe(130);
});
