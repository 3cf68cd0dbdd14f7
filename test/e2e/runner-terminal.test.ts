/** Signals and input on a terminal: who gets Ctrl-C and the keys, and how the terminal is left. */
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';
import { openTerminal } from '../helpers/terminal.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });
const ctrlC = '\u0003';

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

test('Ctrl-C twice kills what ignores the first', async () => {
  await using project = await createProject(config('  deaf: { run: "trap \'\' INT TERM; deaf" }\n'));
  const deaf = await project.driven('deaf');
  const terminal = openTerminal(project, 'deaf --output=plain');
  const invocation = await deaf.started();
  terminal.type(ctrlC);
  await terminal.shows('SIGINT: stopping; once more kills at once');
  terminal.type(ctrlC);
  await invocation.isGone;
  expect(await terminal.exit).toBe(130);
  expect(terminal.state()).toEqual(sane);
});

test('a task gets Ctrl-C once: from the terminal, not from the runner too', async () => {
  await using project = await createProject({
    ...config('  count: { run: bash count.sh }\n'),
    'count.sh': "trap 'echo INT >> story' INT\necho counting\nuntil [ -e story ]; do sleep 0.05; done\nsleep 0.5\n",
  });
  const terminal = openTerminal(project, 'count --output=plain');
  await terminal.shows('counting');
  terminal.type(ctrlC);
  expect(await terminal.exit).toBe(130);
  expect(await project.read('story')).toBe('INT\n');
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

test('closing the terminal ends what runs', async () => {
  await using project = await createProject(
    config(
      '  serve: { run: "trap \'\' INT; serve", finally: touch cleaned }\n  web: { service: { run: web } }\n  all: { needs: [web, serve] }\n',
    ),
  );
  const [serve, web] = await Promise.all([project.driven('serve'), project.driven('web')]);
  const terminal = openTerminal(project, 'all --output=plain --jobs=2');
  const invocations = await Promise.all([serve.started(), web.started()]);
  terminal.close();
  await Promise.all(invocations.map(({ isGone }) => isGone));
  await expect.poll(() => project.read('cleaned').catch(() => 'not yet'), { timeout: 20_000 }).toBe('');
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
