/** Ctrl-Z, `fg`, `bg`, `&` and `nohup` in a shell: the terminal is the shell's meanwhile, and what runs goes on. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cli, createProject, type Project } from '../helpers/project.ts';
import { openTerminalOf, type Terminal } from '../helpers/terminal.ts';

const ctrlZ = '\u001A';

type Shell = { readonly terminal: Terminal; readonly tasks: (words: string) => string };

async function openShell(project: Project): Promise<Shell> {
  const terminal = openTerminalOf(project, ['bash', '--norc', '-i']);
  terminal.type("PS1='> '\n");
  await prompted(terminal);
  return { terminal, tasks: (words) => `${process.execPath} ${cli(words).join(' ')}` };
}

/** The shell asks for a line: what is typed earlier is shown twice, and what stands there at Ctrl-Z is lost. */
async function prompted(terminal: Terminal): Promise<void> {
  await expect.poll(() => isPrompted(terminal), { timeout: 50_000, interval: 10 }).toBe(true);
}

const isPrompted = (terminal: Terminal): boolean => terminal.screen().endsWith('\n>');

/** Stopped, with the shell asking for a line. A Ctrl-Z that comes just before a process is started may be lost: it is pressed again. */
async function suspend(terminal: Terminal): Promise<void> {
  const press = () => {
    if (!isPrompted(terminal)) terminal.type(ctrlZ);
    return isPrompted(terminal);
  };
  await expect.poll(press, { timeout: 50_000, interval: 300 }).toBe(true);
  expect(terminal.screen()).toContain('Stopped');
}

/** The shell has said so after a while, and asks for the next line. */
async function echo(terminal: Terminal, text: string, said: string): Promise<void> {
  terminal.type(`sleep 0.3; echo ${text}\n`);
  await terminal.shows(`\n${said}\n`);
  await prompted(terminal);
}

async function written(project: Project, name: string): Promise<void> {
  await expect.poll(() => existsSync(project.path(name)), { timeout: 20_000 }).toBe(true);
}

/** Both tasks of the project running in a shell, its line ended by `behind`. */
async function startTwo(project: Project, behind = '') {
  const [one, two] = await Promise.all([project.driven('one'), project.driven('two')]);
  const { terminal, tasks } = await openShell(project);
  terminal.type(`${tasks('all --jobs=2')}${behind}\n`);
  const [first, second] = await Promise.all([one.started(), two.started()]);
  return { terminal, first, second };
}

async function leave(terminal: Terminal): Promise<void> {
  terminal.type('exit\n');
  await terminal.exit;
}

async function said(project: Project, file: string, text: string): Promise<void> {
  await expect.poll(() => project.read(file), { timeout: 20_000 }).toContain(text);
}

/** While a process is started the cursor can be seen. */
async function cursorIsHidden(terminal: Terminal): Promise<void> {
  await expect.poll(() => terminal.cursorIsVisible(), { timeout: 20_000, interval: 10 }).toBe(false);
}

/** What stands on the screen from a line on that says so. */
const from = (terminal: Terminal, text: string): string => terminal.screen().slice(terminal.screen().lastIndexOf(text));

const stateOf = (pid: string): string => execFileSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' });

const two = {
  'tasks.config.yaml': `version: 1
tasks:
  one: { run: echo began; one; echo went on; touch went }
  two: { run: two }
  all: { needs: [one, two] }
`,
};

test('Ctrl-Z leaves the list and the cursor to the shell, and `fg` draws it anew below', async () => {
  await using project = await createProject(two);
  const { terminal, first, second } = await startTwo(project);
  await terminal.shows('› began');
  await cursorIsHidden(terminal);
  await suspend(terminal);
  expect(terminal.cursorIsVisible()).toBe(true);
  await echo(terminal, 'said by $((1))', 'said by 1');
  terminal.type('fg >/dev/null\n');
  await terminal.shows('said by 1\n> fg >/dev/null\n');
  first.exit(0);
  second.exit(0);
  await terminal.shows('ok: 3 done');
  expect(from(terminal, '> sleep').replace(/\d+(\.\d+)? m?s/g, '<time>')).toMatch(
    /^> sleep 0.3; echo said by \$\(\(1\)\)\nsaid by 1\n> fg >\/dev\/null\n✔ one <time>\n✔ two <time>\n✔ all <time>\nok: 3 done, <time>/,
  );
  expect(terminal.cursorIsVisible()).toBe(true);
  await leave(terminal);
});

test('Ctrl-Z and `fg` while processes are started stop and wake all of them', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  many: { run: [${'"true", '.repeat(150)} hold] }
  more: { run: [${'"true", '.repeat(150)} hold] }
  all: { needs: [many, more] }
`,
  });
  const hold = await project.driven('hold');
  const { terminal, tasks } = await openShell(project);
  terminal.type(`${tasks('all --jobs=2 --output=list')}\n`);
  await terminal.shows('more');
  const marks: string[] = [];
  while (marks.length < 5) {
    await suspend(terminal);
    const mark = `stop ${marks.length + 1}`;
    marks.push(mark);
    terminal.type(`echo stop $((${marks.length}))\n`);
    await terminal.shows(`\n${mark}\n`);
    await prompted(terminal);
    terminal.type('fg >/dev/null\n');
    await expect.poll(() => from(terminal, `\n${mark}\n`), { timeout: 50_000, interval: 10 }).toMatch(/more/);
  }
  const held = await Promise.all([hold.started(), hold.started()]);
  for (const invocation of held) invocation.exit(0);
  await terminal.shows('ok: 3 done');
  for (const mark of marks) expect(terminal.screen()).toContain(`\n${mark}\n> fg >/dev/null\n`);
  await prompted(terminal);
  await leave(terminal);
});

test('a stop in the midst of the start of a process leaves the cursor to the shell too', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  one: { run: one }\n  all: { needs: [one], run: echo all }\n',
    'stop.cjs': `const children = require('node:child_process');
const { spawn } = children;
children.spawn = (program, words, options) => {
  if (words.includes('echo all')) process.kill(process.pid, 'SIGTSTP');
  return spawn(program, words, options);
};
`,
  });
  const one = await project.driven('one');
  const { terminal, tasks } = await openShell(project);
  terminal.type(`NODE_OPTIONS=--require=./stop.cjs ${tasks('all')}\n`);
  const first = await one.started();
  await terminal.shows('one\n');
  await cursorIsHidden(terminal);
  first.exit(0);
  await terminal.shows('Stopped');
  await prompted(terminal);
  expect(terminal.cursorIsVisible()).toBe(true);
  await echo(terminal, 'said by $((1))', 'said by 1');
  terminal.type('fg >/dev/null\n');
  await terminal.shows('ok: 2 done');
  expect(terminal.cursorIsVisible()).toBe(true);
  await leave(terminal);
});

test('after `bg` no list is drawn over the prompt', async () => {
  await using project = await createProject(two);
  const { terminal, first, second } = await startTwo(project);
  await terminal.shows('› began');
  await suspend(terminal);
  terminal.type('bg >/dev/null\n');
  await terminal.shows('> bg >/dev/null\n>');
  first.exit(0);
  await written(project, 'went');
  terminal.type('echo behind $((1))\n');
  await terminal.shows('behind 1');
  second.exit(0);
  await terminal.shows('ok: 3 done');
  expect(from(terminal, '> bg')).toMatch(/^> bg >\/dev\/null\n> echo behind \$\(\(1\)\)\nbehind 1\n(> )?✔ one/);
  await leave(terminal);
});

test('behind `&` no list is drawn until `fg`', async () => {
  await using project = await createProject(two);
  const { terminal, first, second } = await startTwo(project, ' &');
  // The list would be drawn again at this line.
  first.exit(0);
  await written(project, 'went');
  terminal.type('echo there $((2))\n');
  await terminal.shows('there 2');
  expect(terminal.screen()).not.toContain('one\n');
  terminal.type('fg >/dev/null\n');
  await terminal.shows('✔ one');
  second.exit(0);
  await terminal.shows('ok: 3 done');
  await leave(terminal);
});

test('an interactive task is stopped by Ctrl-Z and goes on with `fg`, with the keys', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  ask: { interactive: true, run: echo $$ >reader; echo name; read name; echo "I am $name" }\n',
  });
  const { terminal, tasks } = await openShell(project);
  terminal.type(`${tasks('ask')}\n`);
  await terminal.shows('ask\nname');
  await suspend(terminal);
  // Until then it may still read what is typed: the shell waits for the runner only.
  const reader = (await project.read('reader')).trim();
  await expect.poll(() => stateOf(reader), { timeout: 50_000, interval: 10 }).toMatch(/^T/);
  await echo(terminal, 'said by $((1))', 'said by 1');
  terminal.type('fg >/dev/null\n');
  await expect.poll(() => stateOf(reader), { timeout: 50_000, interval: 10 }).not.toMatch(/^T/);
  terminal.type('Bo\n');
  await terminal.shows('I am Bo\n✔ ask');
  await leave(terminal);
});

test('under `nohup` a run goes on when the terminal is closed, and without it ends', async () => {
  await using project = await createProject(two);
  const [one, two_] = await Promise.all([project.driven('one'), project.driven('two')]);
  const { terminal, tasks } = await openShell(project);
  terminal.type(`nohup ${tasks('one --output=plain')} >kept 2>&1 &\n`);
  terminal.type(`${tasks('two --output=plain')} >ended 2>&1 &\n`);
  const [kept] = await Promise.all([one.started(), two_.started()]);
  terminal.close();
  await said(project, 'ended', 'interrupted: 0 done');
  kept.exit(0);
  await said(project, 'kept', '✔ one');
  expect(await project.read('kept')).not.toContain('SIGHUP');
});
