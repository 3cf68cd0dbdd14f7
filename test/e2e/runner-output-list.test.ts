/** The live list: what a person sees on a terminal while tasks run, and what stands there afterwards. */
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';
import { openTerminal } from '../helpers/terminal.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

test('the live list shows each task once, on a narrow terminal too, and gives the cursor back', async () => {
  await using project = await createProject(
    config(
      "  good: { run: 'true' }\n  bad: { needs: [good], run: 'echo a line that is much too long for so few columns; exit 3' }\n",
    ),
  );
  const terminal = openTerminal(project, 'bad', { columns: 24 });
  expect(await terminal.exit).toBe(3);
  const screen = terminal.screen();
  expect(screen.match(/✔ good/g)).toHaveLength(1);
  expect(screen.match(/✖ bad/g)).toHaveLength(1);
  expect(screen.replaceAll('\n', '')).toContain('failed: `bad` (exit code');
  expect(terminal.cursorIsVisible()).toBe(true);
});

test('the last lines of a failed task below the list colour the terminal, and do nothing else to it', async () => {
  const run = String.raw`printf "\033[31mred\033[0m\n\033[2J\033[H\033]0;title\007\033[?25l\n"; exit 3`;
  await using project = await createProject(
    config(`  good: { run: 'true' }\n  bad: { needs: [good], run: '${run}' }\n`),
  );
  const terminal = openTerminal(project, 'bad');
  expect(await terminal.exit).toBe(3);
  expect(terminal.screen()).toMatch(/^✔ good <time>\n✖ bad\n[\s\S]*last lines:\n {4}red\n/);
  expect(terminal.cursorIsVisible()).toBe(true);
});

test.each(['ascii', '日本語', '🎉 👩‍👩‍👧', '𝒳 e\u0301'])(
  'a list that is higher than the terminal leaves nothing behind: %s',
  async (word) => {
    const names = Array.from({ length: 9 }, (_, index) => `t${index}`);
    const print = `for i in 1 2 3 4 5; do echo ${word} ${word} ${word} $i; sleep 0.2; done`;
    const tasks = names.map((name) => `  ${name}: { run: '${print}' }\n`).join('');
    await using project = await createProject(config(`${tasks}  all: { needs: [${names.join(', ')}] }\n`));
    const terminal = openTerminal(project, 'all --jobs=9', { rows: 8 });
    expect(await terminal.exit).toBe(0);
    const done = [...names, 'all'].map((name) => `✔ ${name} <time>\n`).join('');
    expect(terminal.screen()).toBe(`${done}ok: 10 done, <time>`);
  },
);

test.each([
  ['a locale that is UTF-8', 'C.UTF-8', '–'],
  ['another one', 'C', '-'],
])('the row of a task that is left out says why, and looks like no warning: %s', async (_, locale, mark) => {
  await using project = await createProject(
    config(
      "  fresh: { inputs: [], run: 'true' }\n  bad: { needs: [fresh], run: exit 3 }\n  next: { needs: [bad], run: echo }\n",
    ),
  );
  await project.run('fresh');
  const terminal = openTerminal(project, 'next', { env: { LC_ALL: locale } });
  expect(await terminal.exit).toBe(3);
  const rows = terminal.screen().split('\n').slice(0, 4);
  expect(rows.filter((row) => row.startsWith(mark))).toEqual([
    `${mark} fresh skipped: up to date`,
    `${mark} next not started: \`bad\` failed`,
  ]);
});

test('a note that comes while the live list is drawn stands below it', async () => {
  await using project = await createProject(
    config(
      "  first: { run: 'true' }\n  tidy: { needs: [first], run: sleep 0.5, finally: [exit 3, exit 4, sleep 0.5] }\n",
    ),
  );
  const terminal = openTerminal(project, 'tidy --output=list');
  expect(await terminal.exit).toBe(3);
  expect(terminal.screen()).toMatch(
    /^✔ first <time>\n✖ tidy\n {2}› exit code 3\nnote: the last step `exit 4` of `tidy` failed too: exit code 4\n\ntidy failed: exit code 3\n/,
  );
});

test('on a terminal a run of one task shows what that prints as it comes, with its colours', async () => {
  await using project = await createProject(
    config('  show: { run: \'printf "row 1\\n\\033[31mrow 2\\033[0m\\n"; held; echo row 3\' }\n'),
  );
  const held = await project.driven('held');
  const terminal = openTerminal(project, 'show');
  const invocation = await held.started();
  await terminal.shows('row 2');
  expect(terminal.colourOf('row 2')).toBe(1);
  invocation.exit(0);
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toBe('▸ show\nrow 1\nrow 2\nrow 3\n✔ show <time>');
});

test('below a list that has ended well stands what the named tasks have printed, and nothing of those that they need', async () => {
  await using project = await createProject(
    config(`  prepare: { run: echo prepared }
  show: { needs: [prepare], run: 'printf "row 1\\n\\033[31mrow 2\\033[0m\\033[2J\\n"' }
  mute: { run: 'true' }
  count: { run: seq 300 }
`),
  );
  const terminal = openTerminal(project, 'show');
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toBe('✔ prepare <time>\n✔ show <time>\n\nshow printed:\nrow 1\nrow 2\nok: 2 done, <time>');
  expect(terminal.colourOf('row 2')).toBe(1);
  const several = openTerminal(project, 'show mute count');
  expect(await several.exit).toBe(0);
  const lines = Array.from({ length: 100 }, (_, index) => index + 201).join('\n');
  expect(several.screen()).toContain(
    `✔ count <time>\n\nshow printed:\nrow 1\nrow 2\n\ncount printed 300 lines, here the last 100:\n${lines}\nfull output: .tasks/logs/count.log\nok: 4 done`,
  );
  const quiet = openTerminal(project, 'show --output=list --quiet');
  expect(await quiet.exit).toBe(0);
  expect(quiet.screen()).toBe('✔ prepare <time>\n✔ show <time>\nok: 2 done, <time>');
});

test('what a script prints by itself while the list is drawn is output of its task, and what it ends the program with is told', async () => {
  await using project = await createProject({
    ...config("  work: { script: work.ts }\n  other: { run: 'true' }\n  ends: { script: ends.ts }\n"),
    'work.ts': "export const run = async ({ sleep }) => { await sleep(300); console.log('by itself'); };\n",
    'ends.ts':
      "export const run = async ({ sleep }) => { await sleep(300); console.log('by itself'); process.exit(3); };\n",
  });
  const terminal = openTerminal(project, 'work other');
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toBe('✔ work <time>\n✔ other <time>\n\nwork printed:\nby itself\nok: 2 done, <time>');
  const ended = openTerminal(project, 'ends other');
  expect(await ended.exit).toBe(3);
  expect(ended.screen()).toContain('error: the script of task `ends` ended the whole program');
  expect(ended.cursorIsVisible()).toBe(true);
  for (const name of ['work', 'ends']) expect(await project.read(`.tasks/logs/${name}.log`)).toBe('by itself\n');
});

test('the name of a matrix shows what its cells have printed, and a run that fails only the failure', async () => {
  await using project = await createProject(
    config(
      "  each: { matrix: { of: [one, two] }, run: 'echo of ${of}' }\n  bad: { needs: [each], run: 'echo no; exit 3' }\n",
    ),
  );
  const terminal = openTerminal(project, 'each');
  expect(await terminal.exit).toBe(0);
  expect(terminal.screen()).toContain('\n\neach:one printed:\nof one\n\neach:two printed:\nof two\nok: 3 done');
  const bad = openTerminal(project, 'each bad');
  expect(await bad.exit).toBe(3);
  expect(bad.screen()).not.toContain('printed');
  expect(bad.screen().match(/^ *no$/gm)).toHaveLength(1);
});

test('the live list says where the whole output of a failed task is', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  bad: { run: 'seq 30; exit 3' }\n  mute: { run: 'exit 4' }\n",
  });
  const terminal = openTerminal(project, 'bad --output=list');
  expect(await terminal.exit).toBe(3);
  expect(terminal.screen()).toContain('  full output: .tasks/logs/bad.log');
  const mute = openTerminal(project, 'mute --output=list');
  expect(await mute.exit).toBe(4);
  expect(mute.screen()).not.toContain('full output');
});

test('without Unicode the live list is ASCII', async () => {
  await using project = await createProject(config("  good: { run: 'true' }\n  bad: { needs: [good], run: exit 3 }\n"));
  const terminal = openTerminal(project, 'bad', { env: { LC_ALL: 'C' } });
  expect(await terminal.exit).toBe(3);
  expect(terminal.screen()).toMatch(/^\+ good <time>\nx bad\n/);
  expect(terminal.screen()).not.toMatch(/[^\n -~]/);
});
