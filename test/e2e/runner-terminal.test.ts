/** Signals and input on a terminal: who gets Ctrl-C and the keys, and how the terminal is left. */
import { expect, test } from 'vitest';
import { apart } from '../helpers/apart.ts';
import { normalise } from '../helpers/normalise.ts';
import { allPids, childrenOf, commandOf, isRunning } from '../helpers/processes.ts';
import { cli, createProject, type Project } from '../helpers/project.ts';
import { openTerminal, openTerminalOf, type Terminal } from '../helpers/terminal.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });
const ctrlC = '\u0003';
const ctrlBackslash = '\u001C';

/** As a shell leaves it: lines are edited, and keys shown. */
const sane = { echo: true, canonical: true, signals: true };

test.each(['list', 'plain'])(
  'Ctrl-C in `%s` ends the tree, runs the last steps, and leaves the terminal as it was',
  async (output) => {
    await using project = await createProject(
      config("  work: { run: 'child & work', finally: 'sleep 0.2; touch cleaned' }\n  next: { needs: [work] }\n"),
    );
    const [work, child] = await Promise.all([project.driven('work'), project.driven('child')]);
    const terminal = openTerminal(project, `next --output=${output}`);
    const invocations = await Promise.all([work.started(), child.started()]);
    await terminal.shows('work');
    terminal.type(ctrlC);
    await Promise.all(invocations.map(({ isGone }) => isGone));
    expect(await terminal.exit).toBe(130);
    expect(await project.read('cleaned')).toBe('');
    expect(terminal.screen()).toMatch(/interrupted: 0 done/);
    expect(terminal.cursorIsVisible()).toBe(true);
    expect(terminal.state()).toEqual(sane);
  },
);

test('Ctrl-C during a last step is not for it: it and those after it are done, and once more kills it', async () => {
  for (const presses of [1, 2]) {
    await using project = await createProject(
      config("  work: { run: 'true', finally: [last && touch ended, touch cleaned] }\n  next: { needs: [work] }\n"),
    );
    const last = await project.driven('last');
    const terminal = openTerminal(project, 'next --output=plain');
    const step = await last.started();
    terminal.type(ctrlC);
    await terminal.shows('SIGINT: stopping; once more kills at once');
    await apart();
    if (presses === 1) step.exit(0);
    else terminal.type(ctrlC);
    await step.isGone;
    expect(await terminal.exit).toBe(130);
    const wanted = presses === 1 ? '' : undefined;
    for (const name of ['ended', 'cleaned']) expect(await project.read(name).catch(() => undefined), name).toBe(wanted);
    expect(terminal.state()).toEqual(sane);
  }
});

test('Ctrl-C during a last step in a container is not for it either, though its engine would pass it on', async () => {
  for (const presses of [1, 2]) {
    await using project = await createProject(
      config("  work: { container: box, run: 'true', finally: last }\n  next: { needs: [work] }\n"),
    );
    const last = await project.driven('last');
    await project.program(
      'docker',
      `case "$1" in
  info) echo '{"ServerVersion":"28.0.0"}' ;;
  image) echo id ;;
  run) exec python3 -c 'import os, signal, subprocess, sys
inside = subprocess.Popen(sys.argv[-1], shell=True, start_new_session=True)
open("container", "w").write(str(inside.pid))
signal.signal(signal.SIGINT, lambda *_: inside.send_signal(signal.SIGINT))
sys.exit(inside.wait())' "$@" </dev/null ;;
  rm) kill -9 -- "-$(cat container)"; echo removed >>removed ;;
esac`,
    );
    const terminal = openTerminal(project, 'next --output=plain --engine=docker');
    const step = await last.started();
    terminal.type(ctrlC);
    await terminal.shows('SIGINT: stopping; once more kills at once');
    await apart();
    if (presses === 1) step.exit(0);
    else terminal.type(ctrlC);
    await step.isGone;
    expect(await terminal.exit).toBe(130);
    expect(await project.read('removed').catch(() => ''), 'removed').toBe(presses === 1 ? '' : 'removed\n');
    expect(terminal.state()).toEqual(sane);
  }
});

test('a last step whose shell Ctrl-C has killed before it began is run all the same', async () => {
  await using project = await createProject({
    ...config("  work: { run: 'true', finally: echo cleaned }\n"),
    'early.cjs': `const children = require('node:child_process');
const { spawn } = children;
let isTheFirst = true;
children.spawn = (program, words, options) => {
  const child = spawn(program, words, options);
  if (isTheFirst && words.some((word) => word.includes('echo cleaned'))) isTheFirst = !child.kill('SIGINT');
  return child;
};
`,
  });
  const { exit, stdout } = await project.run('work', {
    env: { NODE_OPTIONS: `--require=${project.path('early.cjs')}` },
  });
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: '▸ work\ncleaned\n✔ work <time>\n' });
});

test('Ctrl-\\ kills all at once, also what ignores it, and leaves the terminal as it was', async () => {
  await using project = await createProject(
    config(
      '  work: { run: \'(trap "" INT QUIT; deaf >/dev/null) & work\', finally: touch cleaned }\n  next: { needs: [work] }\n',
    ),
  );
  const [work, deaf] = await Promise.all([project.driven('work'), project.driven('deaf')]);
  const terminal = openTerminalOf(project, ['bash', '-c', `trap : QUIT; ${process.execPath} ${cli('next').join(' ')}`]);
  const invocations = await Promise.all([work.started(), deaf.started()]);
  await terminal.shows('work');
  terminal.type(ctrlBackslash);
  await Promise.all(invocations.map(({ isGone }) => isGone));
  expect(await terminal.exit).toBe(131);
  expect(terminal.screen()).toMatch(/interrupted: 0 done/);
  expect(terminal.cursorIsVisible()).toBe(true);
  expect(terminal.state()).toEqual(sane);
  await expect(project.read('cleaned')).rejects.toThrow();
});

test('while an interactive task has the terminal, Ctrl-\\ is for it', async () => {
  await using project = await createProject({
    ...config('  talk: { interactive: true, run: exec bash talk.sh }\n'),
    'talk.sh': 'trap \'echo caught\' QUIT\necho up\nread -r _ || true\nread -r word; echo "on: $word"\n',
  });
  const terminal = openTerminal(project, 'talk');
  await terminal.shows('up');
  terminal.type(ctrlBackslash);
  await terminal.shows('caught');
  terminal.type('\r');
  terminal.type('going\r');
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toContain('on: going');
});

test('Ctrl-C twice kills what ignores the first', async () => {
  await using project = await createProject(config('  deaf: { run: "trap \'\' INT TERM; deaf" }\n'));
  const deaf = await project.driven('deaf');
  const terminal = openTerminal(project, 'deaf --output=plain');
  const invocation = await deaf.started();
  terminal.type(ctrlC);
  await terminal.shows('SIGINT: stopping; once more kills at once');
  await apart();
  terminal.type(ctrlC);
  await invocation.isGone;
  expect(await terminal.exit).toBe(130);
  expect(terminal.state()).toEqual(sane);
});

test('a task gets Ctrl-C once: from the terminal, not from the runner too', async () => {
  await using project = await createProject({
    ...config('  count: { run: bash count.sh }\n'),
    // To what has only just been started, it may be sent a second time: nobody knows whether it was there at the first.
    'count.sh':
      "trap 'echo INT >> story' INT\nsleep 0.2\necho counting\nuntil [ -e story ]; do sleep 0.05; done\nsleep 0.5\n",
  });
  const terminal = openTerminal(project, 'count --output=plain');
  await terminal.shows('counting');
  terminal.type(ctrlC);
  expect(await terminal.exit).toBe(130);
  expect(await project.read('story')).toBe('INT\n');
});

test.each([
  ['', {}, true],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ['FORCE_COLOR=1, NO_COLOR=', { FORCE_COLOR: '1', NO_COLOR: '' }, true],
  ['NO_COLOR=1', { NO_COLOR: '1' }, false],
])('the whole list has colours or none: %s', async (_, env, hasColours) => {
  await using project = await createProject(
    config(
      '  bad: { run: exit 3 }\n  skipped: { platforms: [win32], run: echo }\n  all: { needs: [skipped, bad] }\n  good: { run: echo said }\n',
    ),
  );
  for (const words of ['good', 'all']) {
    const terminal = openTerminal(project, words, { env });
    await terminal.exit;
    expect(terminal.screen()).toContain(words === 'good' ? '✔ good' : '✖ bad');
    expect(terminal.hasColours(), words).toBe(hasColours);
  }
});

test('an interactive task has the terminal alone: it reads the keys, and Ctrl-C is for it', async () => {
  await using project = await createProject({
    ...config(
      '  talk: { interactive: true, run: bash talk.sh }\n  other: { run: echo other }\n  all: { needs: [talk, other] }\n',
    ),
    'talk.sh': `trap 'echo caught' INT\nread -r -p 'name? ' name\necho "hello $name"\nread -r -p 'wait? ' _ || true\nread -r -p 'bye? ' bye\necho "$bye"\n`,
  });
  const terminal = openTerminal(project, 'all --jobs=4');
  await terminal.shows('name?');
  terminal.type('Ann\r');
  await terminal.shows('hello Ann');
  await terminal.shows('wait?');
  terminal.type(ctrlC);
  await terminal.shows('caught');
  terminal.type('\r');
  await terminal.shows('bye?');
  expect(terminal.screen()).not.toContain('other\n');
  terminal.type('so long\r');
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toContain('so long\n✔ talk');
  expect(terminal.state()).toEqual(sane);
});

test.each([
  ['a program that dies of it', "'echo up; work; touch on'"],
  ['a condition', "'echo up; if ! work; then touch on; fi; work || touch on'"],
  ['a substitution', "'echo up; x=$(work); touch on'"],
  ['a subshell', "'echo up; (work; touch on); touch on'"],
  ["the shell's own question", "'read -r -p up answer; touch on'"],
  ['the first of two steps', '[echo up; work, touch on]'],
])('Ctrl-C ends an interactive task in %s: nothing goes on, and it is no success', async (_, run) => {
  await using project = await createProject(
    config(`  ask: { interactive: true, run: ${run}, finally: touch cleaned }\n  next: { run: touch on }\n`),
  );
  await project.program('work', 'echo at work >&2; exec sleep 1000');
  const terminal = openTerminal(project, 'ask next --keep-going');
  // Between two commands a shell takes a Ctrl-C for neither of them.
  await terminal.shows(run.includes('work') ? 'at work' : 'up');
  terminal.type(ctrlC);
  expect(await terminal.exit).toBe(130);
  expect(await project.read('cleaned')).toBe('');
  await expect(project.read('on')).rejects.toThrow();
  expect(terminal.screen()).toContain(
    '– next not started: interrupted\n– ask stopped: interrupted\ninterrupted: 0 done',
  );
  expect(terminal.state()).toEqual(sane);
});

/** Says in a file how often it went round: bash forgets a Ctrl-C that comes while it still deals with one. */
const patient = "trap 'echo caught' INT\necho up\nuntil [ -e go ]; do sleep 0.05; printf . >>rounds; done\nexit 7\n";

test.each([
  ['alone', 'bash patient.sh', 7],
  ['before another', "'bash patient.sh; echo after $?'", 0],
  ['after another', "'cd . && bash patient.sh'", 7],
])(
  'a program that deals with Ctrl-C itself keeps the terminal, and its own exit code counts: %s',
  async (_, run, exit) => {
    await using project = await createProject({
      ...config(`  talk: { interactive: true, run: ${run} }\n`),
      'patient.sh': patient,
    });
    const terminal = openTerminal(project, 'talk');
    await terminal.shows('up');
    terminal.type(ctrlC);
    await terminal.shows('caught');
    await goesOn(project);
    terminal.type(ctrlC);
    await terminal.shows('caught\n^Ccaught');
    await project.write('go', '');
    expect(await terminal.exit).toBe(exit);
    expect(terminal.screen()).not.toContain('SIGINT');
    if (exit === 0) expect(terminal.screen()).toContain('after 7\n✔ talk');
    else expect(terminal.screen()).toContain('✖ talk failed after <time>: exit code 7');
  },
);

/** The program has gone round twice since, so that nothing of what it did before is left to do. */
async function goesOn(project: Project): Promise<void> {
  const rounds = async () => (await project.read('rounds').catch(() => '')).length;
  const before = await rounds();
  await expect.poll(rounds, { timeout: 10_000 }).toBeGreaterThan(before + 1);
}

test('Ctrl-C ends an interactive script with the command that it ends, and one that only waits', async () => {
  await using project = await createProject({
    ...config('  command: { interactive: true, script: command.ts }\n  wait: { interactive: true, script: wait.ts }\n'),
    'command.ts': 'export const run = async ({ $ }) => { await $`echo up; work`; await $`touch on`; };\n',
    'wait.ts': 'export const run = async ({ $, sleep }) => { await $`echo up`; await sleep(600_000); };\n',
  });
  await project.program('work', 'exec sleep 1000');
  for (const task of ['command', 'wait']) {
    const terminal = openTerminal(project, task);
    await terminal.shows('up');
    await new Promise((settle) => setTimeout(settle, 1_000));
    terminal.type(ctrlC);
    expect(await terminal.exit).toBe(130);
    expect(terminal.screen()).toContain(`– ${task} stopped: interrupted`);
  }
  await expect(project.read('on')).rejects.toThrow();
});

test.each([
  ['', 'false'],
  [', while an interactive task has the terminal too', 'true'],
])('a SIGINT for the runner alone asks what runs, as the terminal does not%s', async (_, interactive) => {
  await using project = await createProject({
    ...config(`  work: { interactive: ${interactive}, run: exec bash work.sh $PPID, finally: touch cleaned }\n`),
    'work.sh': 'trap \'echo INT >> story; exit 0\' INT\necho "runner is $1."\nwhile :; do sleep 0.05; done\n',
  });
  const terminal = openTerminal(project, 'work --output=plain');
  await terminal.shows('runner is');
  // By then it can tell who has sent a signal.
  await expect.poll(() => hasCanary(runnerOf(terminal)), { timeout: 10_000 }).toBe(true);
  process.kill(runnerOf(terminal), 'SIGINT');
  expect(await terminal.exit).toBe(130);
  expect(await project.read('story')).toBe('INT\n');
  expect(await project.read('cleaned')).toBe('');
});

function runnerOf(terminal: Terminal): number {
  return Number(/runner is (\d+)\./.exec(terminal.screen())?.[1]);
}

/** The process by which a runner tells; beside it there is the one that watches over the runner. */
function hasCanary(runner: number): boolean {
  return childrenOf(runner).some(({ pid }) => commandOf(pid) === 'cat');
}

test('Ctrl-C ends what a task has put into a session of its own, though its shell is gone at once', async () => {
  await using project = await createProject(config("  work: { run: 'setsid deaf & work' }\n"));
  const [work, deaf] = await Promise.all([project.driven('work'), project.driven('deaf')]);
  const terminal = openTerminal(project, 'work --output=plain');
  const invocations = await Promise.all([work.started(), deaf.started()]);
  terminal.type(ctrlC);
  await Promise.all(invocations.map(({ isGone }) => isGone));
  expect(await terminal.exit).toBe(130);
});

test('what an interactive task says comes below its name', async () => {
  await using project = await createProject(
    config('  first: { run: echo first }\n  talk: { needs: [first], interactive: true, run: printf "name?\\\\n" }\n'),
  );
  const terminal = openTerminal(project, 'talk');
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toContain('✔ first <time>\n▸ talk\nname?\n✔ talk <time>\n');
});

test('a task that is not interactive does not read the keys', async () => {
  await using project = await createProject(config('  ask: { run: read -r line || echo nothing to read }\n'));
  const terminal = openTerminal(project, 'ask --output=plain');
  terminal.type('for nobody\r');
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toContain('nothing to read');
});

test('an interactive task that breaks the terminal and dies leaves it as it was', async () => {
  await using project = await createProject(
    config("  raw: { interactive: true, run: 'stty raw -echo; echo raw; kill -9 $$' }\n"),
  );
  const terminal = openTerminal(project, 'raw');
  expect(await terminal.exit).toBe(137);
  expect(terminal.state()).toEqual(sane);
});

test.each([
  ['gets its cursor back', 'shell', true],
  ['that another program has taken since is left to that', 'program', false],
])('when the runner is killed, a terminal %s', async (_, next, isVisible) => {
  await using project = await createProject({
    ...config('  work: { run: work }\n'),
    // The watcher is asked to go on only when that is clear.
    'next.sh': `printf '\\033[?25l%s has it' "$1"; read -r key`,
  });
  const work = await project.driven('work');
  const after = next === 'shell' ? '. ./next.sh shell' : 'bash next.sh program';
  const program = [process.execPath, ...cli('work --output=list')].join(' ');
  const terminal = openTerminalOf(project, ['bash', '--norc', '-ic', `${program}; ${after}; true`]);
  const invocation = await work.started();
  await expect.poll(() => terminal.cursorIsVisible(), { timeout: 20_000 }).toBe(false);
  const runner = allPids().find((pid) => commandOf(pid) === program) ?? 0;
  const watcher = childrenOf(runner).find(({ pid }) => commandOf(pid).includes(' watcher '))?.pid ?? 0;
  process.kill(watcher, 'SIGSTOP');
  process.kill(runner, 'SIGKILL');
  await terminal.shows(`${next} has it`);
  process.kill(watcher, 'SIGCONT');
  await invocation.isGone;
  await expect.poll(() => isRunning(watcher), { timeout: 20_000 }).toBe(false);
  terminal.type('x');
  await terminal.shows('x');
  expect(terminal.cursorIsVisible()).toBe(isVisible);
  terminal.type('\r');
  expect(await terminal.exit).toBe(0);
});

test.each(['list', 'plain'])('closing the terminal ends what runs: `--output=%s`', async (output) => {
  await using project = await createProject(
    config(
      '  serve: { run: "trap \'\' INT; serve", finally: touch cleaned }\n  web: { service: { run: web } }\n  all: { needs: [web, serve] }\n',
    ),
  );
  const [serve, web] = await Promise.all([project.driven('serve'), project.driven('web')]);
  const program = [process.execPath, ...cli(`all --output=${output} --jobs=2`)].join(' ');
  const terminal = openTerminalOf(project, [
    'bash',
    '-c',
    `${program} <&0 & trap 'kill -HUP $!' HUP; wait; wait $!; echo $? >code`,
  ]);
  const invocations = await Promise.all([serve.started(), web.started()]);
  await terminal.shows('web');
  terminal.close();
  await Promise.all(invocations.map(({ isGone }) => isGone));
  await expect.poll(() => project.read('code').catch(() => ''), { timeout: 20_000 }).toBe('129\n');
  expect(await project.read('cleaned')).toBe('');
});

test('what an interactive script prints when its terminal is gone does not end the run', async () => {
  await using project = await createProject({
    ...config('  ask: { interactive: true, script: ask.mjs, finally: touch cleaned }\n'),
    'ask.mjs': `import { existsSync } from 'node:fs';
export const run = async ({ sleep }) => { console.log('up'); while (!existsSync('go')) await sleep(50); process.stdout.write('on'); };
`,
  });
  const program = [process.execPath, ...cli('ask')].join(' ');
  const terminal = openTerminalOf(project, ['bash', '-c', `trap : HUP; ${program}; echo $? >code`]);
  await terminal.shows('up');
  terminal.close();
  await terminal.exit;
  await project.write('go', '');
  await expect.poll(() => project.read('code').catch(() => ''), { timeout: 20_000 }).toBe('0\n');
  expect(await project.read('cleaned')).toBe('');
});

test('a run outlives its terminal where it does not hear of its end, and tells nothing of it', async () => {
  await using project = await createProject(config('  work: { run: work }\n'));
  const work = await project.driven('work');
  const command = `${[process.execPath, ...cli('work')].join(' ')} >said 2>&1; echo $? >code`;
  const terminal = openTerminalOf(project, ['bash', '-c', `trap : HUP; ${command}`]);
  const invocation = await work.started();
  terminal.close();
  await terminal.exit;
  invocation.exit(3);
  await expect.poll(() => project.read('code').catch(() => ''), { timeout: 20_000 }).toBe('3\n');
  expect(normalise(await project.read('said'), project.folder)).toBe(
    '▸ work\n✖ work failed after <time>: exit code 3\n  command: work\nfailed: `work` (exit code 3); 0 done, <time>\n',
  );
});

const dangerous = config(`  first: { run: touch ran }
  wipe: { needs: [first], confirm: 'really wipe?', run: touch wiped }
  burn: { needs: [wipe], confirm: 'burn too?', run: touch burnt }
`);

test('`confirm` is asked in the order of the plan, before anything runs', async () => {
  await using project = await createProject(dangerous);
  const terminal = openTerminal(project, 'burn');
  await terminal.shows('wipe: really wipe? [y/N]');
  await expect(project.read('ran')).rejects.toThrow();
  terminal.type('y\r');
  await terminal.shows('burn: burn too? [y/N]');
  await expect(project.read('ran')).rejects.toThrow();
  terminal.type('yes\r');
  expect(await terminal.exit).toBe(0);
  expect(await project.read('burnt')).toBe('');
});

test('without a yes nothing runs', async () => {
  await using project = await createProject(dangerous);
  const terminal = openTerminal(project, 'burn');
  await terminal.shows('really wipe? [y/N]');
  terminal.type('\r');
  expect(await terminal.exit).toBe(2);
  expect(terminal.screen()).toContain('error: task `wipe` was not confirmed, so nothing was started');
  await expect(project.read('ran')).rejects.toThrow();
});

test('questions come in the order of the plan and one at a time, and Escape is a no to all that follow', async () => {
  await using project = await createProject(dangerous);
  const terminal = openTerminal(project, 'burn');
  await terminal.shows('wipe: really wipe? [y/N]');
  expect(terminal.screen()).not.toContain('burn too?');
  terminal.type('y\r');
  await terminal.shows('burn: burn too? [y/N]');
  terminal.type('\u001B');
  expect(await terminal.exit).toBe(2);
  expect(terminal.screen()).toContain('error: task `burn` was not confirmed, so nothing was started');
  await expect(project.read('ran')).rejects.toThrow();
  expect(terminal.state()).toEqual(sane);
});

test('an arrow key at a question is no Escape', async () => {
  await using project = await createProject(dangerous);
  const terminal = openTerminal(project, 'wipe');
  await terminal.shows('really wipe? [y/N]');
  terminal.type('\u001B[D\u001B[C');
  terminal.type('y\r');
  expect(await terminal.exit).toBe(0);
});

test('Ctrl-C at a question ends the run as interrupted', async () => {
  await using project = await createProject(dangerous);
  const terminal = openTerminal(project, 'burn');
  await terminal.shows('really wipe? [y/N]');
  terminal.type(ctrlC);
  expect(await terminal.exit).toBe(130);
  await expect(project.read('ran')).rejects.toThrow();
  expect(terminal.state()).toEqual(sane);
});

test('`confirm` is refused without a terminal, unless `--yes` answers', async () => {
  await using project = await createProject(dangerous);
  expect(await project.run('burn')).toEqual({
    exit: 2,
    stdout: '',
    stderr:
      'error: task `wipe` asks `really wipe?`, and there is no terminal to answer\nhint: add `--yes` to answer yes\n',
  });
  await expect(project.read('ran')).rejects.toThrow();
  expect((await project.run('burn --yes')).exit).toBe(0);
  expect(await project.read('burnt')).toBe('');
});
