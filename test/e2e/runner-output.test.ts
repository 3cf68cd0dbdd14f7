/** What a run shows and keeps: plain, prefixed, JSON, logs, profile; safe for the terminal, the reader and the disk. */
import { execFileSync, spawnSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, symlink, utimes } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';
import { openTerminal } from '../helpers/terminal.ts';

const bin = resolve(import.meta.dirname, '../../tasks/runner/bin.cjs');
const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

test('every line of `--output=json` is what the published schema says', async () => {
  await using project = await createProject({
    ...config(`  a: { about: first, run: echo hi }
  b: { needs: [a], run: exit 3, retry: { times: 1, backoff: 1ms } }
  c: { needs: [b] }
  image: { container: nothing, run: echo }
  late: { timeout: 1ms, run: sleep 9, finally: exit 4 }
  mac: { platforms: [win32], run: echo }
  machine: { requires: [tool], run: echo }
  server: { service: { run: 'echo up; exec sleep 60', ready: { log: up } } }
  served: { needs: [server], run: echo }
  ends: { service: { run: exit 5, ready: { log: up } } }
  known: { run: 'echo out of memory; exit 1' }
  script: { script: s.ts }
  files: { inputs: [s.ts], outputs: [copy], run: cp s.ts copy }
  each: { matrix: { of: [x, y] }, run: 'echo \${of}' }
messages: known.yaml
checks:
  tool: { id: TL001, command: no-such-tool --version, version: '>=1', install: { npm: tool } }
`),
    'known.yaml': '- { pattern: out of memory, check: TL001, cause: too little, remedy: more }\n',
    's.ts': 'export async function run({ $ }) { await $`exit 5`; }\n',
  });
  for (const engine of ['podman', 'docker']) await project.program(engine, 'echo no engine >&2; exit 1');
  const schema = JSON.parse(await readFile(resolve('tasks/runner/events.schema.json'), 'utf8')) as object;
  const isValid = new Ajv({ strict: false }).compile(schema);
  const runs = 'c|c --dry-run|image|late|mac|machine|served|ends|known|script|files|files|each b --keep-going';
  for (const words of ['nothing', ...runs.split('|')]) {
    const lines = linesOf(words);
    expect(lines.length, words).toBeGreaterThan(words === 'nothing' ? 0 : 1);
    for (const line of lines) expect(isValid(JSON.parse(line)), `${line} ${JSON.stringify(isValid.errors)}`).toBe(true);
  }
  expect(isValid({ type: 'task-started', atMs: 1, task: 'a', where: 'here', more: 1 })).toBe(false);

  function linesOf(words: string): readonly string[] {
    const options = { cwd: project.folder, env: project.env(), encoding: 'utf8' } as const;
    const { stdout } = spawnSync(process.execPath, [bin, ...words.split(' '), '--output=json'], options);
    return stdout.split('\n').filter((line) => line !== '');
  }
});

test('`--dry-run --output=json` is a line for each planned task, with what would happen to it', async () => {
  await using project = await createProject({
    ...config(`  a: { about: first, inputs: [in], outputs: [out], run: 'cp in out' }
  mac: { platforms: [win32], run: echo mac }
  b: { needs: [a, mac], params: { to: {} }, confirm: sure?, run: [echo 1, 'echo \${to}'], finally: echo end }
  s: { needs: [b], script: s.ts }
  web: { container: image, run: 'true' }
`),
    in: '',
    's.ts': '',
  });
  await project.run('a');
  const { exit, stdout, stderr } = await project.run('b --to=x\\ y s web --dry-run --output=json');
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const type = 'task-planned';
  const nothing = { requires: [], because: [], commands: [], finally: [], needs: [] };
  const skipped = expect.stringContaining('it is for win32') as string;
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toEqual([
    { ...nothing, type, task: 'a', about: 'first', state: 'up-to-date', commands: ['cp in out'] },
    { ...nothing, type, task: 'mac', state: 'skipped', because: [skipped], commands: ['echo mac'] },
    {
      ...nothing,
      ...{ type, task: 'b', needs: ['a', 'mac'], state: 'would-run', confirm: 'sure?' },
      ...{ commands: ['echo 1', "echo 'x y'"], finally: ['echo end'] },
    },
    { ...nothing, type, task: 's', needs: ['b'], state: 'would-run', script: '<project>/s.ts' },
    { ...nothing, type, task: 'web', state: 'would-run', container: 'image', commands: ['true'] },
    { type: 'run-finished', exit: 0, reason: 'ok' },
  ]);
});

test('`doctor --output=json` is `doctor --json`, and its other forms are refused beside it', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\nchecks:\n  sh: { id: SH001, command: 'echo 1.2', version: '>=1' }\ntasks: {}\n",
  });
  const withoutTimes = async (words: string) => (await project.run(words)).stdout.replaceAll(/"tookMs": [\d.]+/g, '');
  expect(await withoutTimes('doctor --output=json')).toBe(await withoutTimes('doctor --json'));
  expect((await project.run('doctor --output=json')).stdout).toContain('"schemaVersion": 1');
  for (const [words, error] of [
    ['doctor --checks', '`--checks` and `--output=json` exclude each other'],
    ['doctor --dry-run', '`doctor` plans no tasks to tell as JSON'],
  ]) {
    const { exit, stderr } = await project.run(`${words} --output=json`);
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringContaining(`error: ${error}\n`) as string });
  }
});

test('with `--output=prefixed` every line says whose it is, also when a task runs alone', async () => {
  await using project = await createProject(
    config("  a: { run: echo hi }\n  long: { needs: [a], run: 'echo no; exit 2' }\n"),
  );
  expect((await project.run('long --output=prefixed')).stdout).toBe(`a    | ▸ a
a    | hi
a    | ✔ a <time>
long | ▸ long
long | no
long | ✖ long failed after <time>: exit code 2
long |   command: echo no; exit 2
failed: \`long\` (exit code 2); 1 done, <time>
`);
});

test('bytes that are no UTF-8 are replaced, and nothing around them is lost', async () => {
  await using project = await createProject(config('  a: { run: \'printf "x\\\\377\\\\376y\\\\303\\\\251\\\\n"\' }\n'));
  expect((await project.run('a')).stdout).toBe('▸ a\nx\uFFFD\uFFFDyé\n✔ a <time>\n');
});

test('a reader that goes away ends no task', async () => {
  await using project = await createProject(config("  a: { run: 'yes | head -n 200000; touch done' }\n"));
  const script = `"${process.execPath}" "${bin}" a | head -1; echo "$\{PIPESTATUS[0]}"`;
  const { stdout } = spawnSync('bash', ['-c', script], { cwd: project.folder, env: project.env(), encoding: 'utf8' });
  expect(stdout).toBe('▸ a\n0\n');
  expect(await project.read('done')).toBe('');
});

test('a disk that is full is told once, and ends no task', async () => {
  await using project = await createProject(config('  a: { run: echo hi && touch done }\n'));
  const script = `"${process.execPath}" "${bin}" a > /dev/full`;
  const { stderr } = spawnSync('bash', ['-c', script], { cwd: project.folder, env: project.env(), encoding: 'utf8' });
  expect(stderr).toMatch(/^error: the output cannot be written: ENOSPC[^\n]*\n$/);
  expect(await project.read('done')).toBe('');
});

test.each([
  ['nope', 2],
  ['nope --output=json', 2],
  ['b', 9],
  ['b --output=json', 9],
  ['a', 0],
])('`tasks %s` with nowhere to write ends with %i', async (words, code) => {
  await using project = await createProject(config('  a: { run: echo hi }\n  b: { run: exit 9 }\n'));
  const script = `"${process.execPath}" "${bin}" ${words} > /dev/full 2> /dev/full; echo $?`;
  const { stdout } = spawnSync('bash', ['-c', script], { cwd: project.folder, env: project.env(), encoding: 'utf8' });
  expect(stdout).toBe(`${code}\n`);
});

test('the log of a task is all that it printed, and names that look alike have logs of their own', async () => {
  await using project = await createProject(
    config('  a:b: { run: echo colon; echo err >&2 }\n  a-b: { run: echo dash }\n  A-B: { run: echo capital }\n'),
  );
  await project.run('a:b a-b A-B');
  expect((await readdir(project.path('.tasks/logs'))).sort()).toEqual(['%41-%42.log', 'a%3ab.log', 'a-b.log']);
  expect((await project.read('.tasks/logs/a%3ab.log')).split('\n').sort()).toEqual(['', 'colon', 'err']);
  expect(await project.read('.tasks/logs/a-b.log')).toBe('dash\n');
});

test('only so many logs are kept, the newest', async () => {
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  now: { run: echo now }\n' });
  for (let index = 0; index < 230; index++) {
    await project.write(`.tasks/logs/old${index}.log`, 'old\n');
    await utimes(project.path(`.tasks/logs/old${index}.log`), 1_000 + index, 1_000 + index);
  }
  expect((await project.run('now')).exit).toBe(0);
  const left = await readdir(project.path('.tasks/logs'));
  expect(left).toHaveLength(200);
  expect(left).toContain('now.log');
  expect(left).toContain('old229.log');
  expect(left).not.toContain('old30.log');
});

test('the summary tells the critical path, what more at once would save, and what `inputs` would', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  left: { run: sleep 3 }
  right: { inputs: [], run: sleep 1.2 }
  both: { needs: [left, right], run: echo both }
  chain: { needs: [step], inputs: [], run: echo chain }
  step: { inputs: [], run: sleep 1.2 }
  alone: { run: sleep 1.2 }
`,
  });
  const summaryOf = async (words: string): Promise<readonly string[]> =>
    (await project.run(`${words} --verbose --jobs=1`)).stdout
      .split('\n')
      .filter((line) => /critical path|beyond it|with `inputs`/.test(line));
  expect(await summaryOf('both')).toEqual([
    'critical path <time>: left <time> → both <time>',
    '<time> beyond it: with more at once (`--jobs`) the run could be so much shorter',
    '<time> in `left`, `both`: with `inputs` that is spared whenever they have not changed',
  ]);
  expect(await summaryOf('chain')).toEqual([]);
  expect(await summaryOf('step alone')).toEqual([
    '<time> in `alone`: with `inputs` that is spared whenever they have not changed',
  ]);
});

test('a log is written through no link, neither a file nor a folder', async () => {
  await using project = await createProject({ ...config('  a: { run: echo hi }\n'), precious: 'keep' });
  await mkdir(project.path('.tasks/logs'), { recursive: true });
  await symlink(project.path('precious'), project.path('.tasks/logs/a.log'));
  await project.run('a');
  expect(await project.read('precious')).toBe('keep');
  expect(await project.read('.tasks/logs/a.log')).toBe('hi\n');
  await using other = await createProject(config('  a: { run: echo hi }\n'));
  await mkdir(other.path('.tasks'), { recursive: true });
  await symlink(project.path('bin'), other.path('.tasks/logs'));
  const { exit, stderr } = await other.run('a');
  expect(exit).toBe(0);
  expect(stderr).toMatch(/^note: the output of tasks is not kept in `\.tasks\/logs`/);
});

test('a log is bounded, and keeps the end', async () => {
  await using project = await createProject(
    config("  a: { run: 'yes 0123456789abcdef0123456789abcdef | head -n 600000; echo the end' }\n"),
  );
  await project.run('a --quiet');
  const newest = await project.read('.tasks/logs/a.log');
  const before = await project.read('.tasks/logs/a.log.1');
  expect(newest.endsWith('the end\n')).toBe(true);
  expect(newest.length + before.length).toBeLessThan(18 << 20);
});

test('the profile is a trace with a slice per task, its commands inside, and arrows for needs', async () => {
  await using project = await createProject(
    config("  a: { run: ['true', 'echo hi'] }\n  b: { needs: [a], run: exit 3 }\n"),
  );
  await project.run('b --profile=out/profile.json');
  const { traceEvents } = JSON.parse(await project.read('out/profile.json')) as {
    traceEvents: { ph: string; name: string; cat?: string; ts?: number; dur?: number; args?: object }[];
  };
  const slices = traceEvents.filter(({ ph }) => ph === 'X');
  expect(slices.map(({ name, cat }) => `${cat} ${name}`).sort()).toEqual([
    'command echo hi',
    'command exit 3',
    'command true',
    'task a',
    'task b',
  ]);
  expect(slices.find(({ name }) => name === 'b')?.args).toEqual({ state: 'failed', exit: 3, message: 'exit code 3' });
  for (const { ts = -1, dur = -1 } of slices) expect(Math.min(ts, dur)).toBeGreaterThanOrEqual(0);
  expect(traceEvents.filter(({ ph }) => ph === 's' || ph === 'f')).toHaveLength(2);
});

test('a profile never replaces a device or a link, and one that takes nothing is refused', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can make devices');
  await using project = await createProject({ 'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: "true" }\n' });
  const devices = { full: '7', null: '3' };
  for (const [name, minor] of Object.entries(devices)) execFileSync('mknod', [project.path(name), 'c', '1', minor]);
  await project.write('real.json', 'old');
  await symlink('real.json', project.path('link.json'));
  expect((await project.run('a --profile=full')).stderr).toBe('error: the profile cannot be written to `full`\n');
  expect((await project.run('a --profile=null')).exit).toBe(0);
  expect((await project.run('a --profile=link.json')).exit).toBe(0);
  for (const name of Object.keys(devices)) expect((await lstat(project.path(name))).isCharacterDevice()).toBe(true);
  expect((await lstat(project.path('link.json'))).isSymbolicLink()).toBe(true);
  expect(JSON.parse(await project.read('real.json'))).toMatchObject({ displayTimeUnit: 'ms' });
});

test('a profile that cannot be written is refused before anything starts', async () => {
  await using project = await createProject({ ...config('  a: { run: touch ran }\n'), file: '' });
  const { exit, stderr } = await project.run('a --profile=file/x.json');
  expect([exit, stderr]).toEqual([2, 'error: the profile cannot be written to `file/x.json`\n']);
  await expect(project.read('ran')).rejects.toThrow('ENOENT');
});

test.each([{ LANG: 'C' }, { TERM: 'dumb' }, { LC_ALL: 'POSIX' }])('with %j the marks are ASCII', async (env) => {
  await using project = await createProject(config('  a: { run: echo hi }\n  b: { needs: [a], run: exit 1 }\n'));
  expect((await project.run('b', { env })).stdout).toBe(
    '> a\nhi\n+ a <time>\n> b\nx b failed after <time>: exit code 1\n  command: exit 1\nfailed: `b` (exit code 1); 1 done, <time>\n',
  );
});

test('`FORCE_COLOR` colours what is no terminal, and `NO_COLOR` wins', async () => {
  await using project = await createProject(config('  a: { run: echo hi }\n'));
  const coloured = (await project.run('a', { env: { FORCE_COLOR: '1' } })).stdout;
  expect(coloured).toContain('\u001B[32m✔\u001B[39m');
  expect((await project.run('a', { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain('\u001B');
});

test('a task beside others cannot move the cursor or colour what is not its own', async () => {
  await using project = await createProject(
    config(
      '  a: { run: \'other; printf "\\\\033[31mred\\\\033[2J\\\\033]0;title\\\\007 10%%\\\\r20%%\\\\n"\' }\n  b: { run: held }\n  all: { needs: [a, b] }\n',
    ),
  );
  const [other, held] = [await project.driven('other'), await project.driven('held')];
  const running = project.start('all --jobs=2');
  const [first, second] = await Promise.all([other.started(), held.started()]);
  first.exit(0);
  await running.says('✔ a');
  second.exit(0);
  expect((await running.result).stdout).toContain('a | 20%\n');
});

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
