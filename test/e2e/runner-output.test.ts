/** What a run shows and keeps: plain, prefixed, logs, profile; safe for the terminal, the reader and the disk. */
import { execFileSync, spawnSync } from 'node:child_process';
import { lstat, mkdir, readdir, symlink, utimes } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const bin = resolve(import.meta.dirname, '../../tasks/runner/bin.cjs');

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

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

test('of a command of several lines each stands below its first, and says whose it is', async () => {
  await using project = await createProject(
    config(
      '  long:\n    run: |\n      if true; then\n        exit 2\n      fi\n    finally: "echo a\\n\\necho b\\n"\n',
    ),
  );
  expect((await project.run('long --dry-run')).stdout).toBe(`1. long runs on this machine
     $ if true; then
         exit 2
       fi
     finally $ echo a
               
               echo b
`);
  expect((await project.run('long --output=prefixed --verbose')).stdout).toBe(`long | ▸ long on this machine
long | $ if true; then
long |     exit 2
long |   fi
long | $ echo a
long |   
long |   echo b
long | a
long | b
long | ✖ long failed after <time>: exit code 2
long |   command: if true; then
long |              exit 2
long |            fi
failed: \`long\` (exit code 2); 0 done, <time>
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
  ['a --output=json', 4],
  ['doctor --json', 4],
  ['--list', 4],
  ['--graph=json', 4],
  ['--dry-run a', 4],
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

test('a task that removes the logs, as one that cleans up does, is told of nothing', async () => {
  const script = "export const run = async ({ log, $ }) => { log('gone'); await $`sleep 0.2; rm -r .tasks/logs`; };\n";
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  clean: { script: clean.mjs }\n',
    'clean.mjs': script,
  });
  expect(await project.run('clean')).toMatchObject({ exit: 0, stderr: '' });
  expect(await readdir(project.path('.tasks'))).not.toContain('logs');
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
    '<time> beyond it: with more tasks at once (`--jobs`) the run could be that much shorter',
    '<time> in `left`, `both`, which always run: with `inputs` they would be skipped while those have not changed',
  ]);
  expect(await summaryOf('chain')).toEqual([]);
  expect(await summaryOf('step alone')).toEqual([
    '<time> in `alone`, which always runs: with `inputs` it would be skipped while those have not changed',
  ]);
});

test('more `--jobs` are named only for time in which all were taken, and a service counts until it is ready', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
checks: { slow: { id: SL001, script: slow.ts } }
tasks:
  web: { requires: [slow], service: { run: 'echo up; sleep 100', ready: { log: up } } }
  test: { needs: [web], run: sleep 1.5 }
  other: { inputs: [], run: sleep 1.2 }
  all: { needs: [test, other] }
`,
    'slow.ts': `export const checks = [{
  id: 'SL001', name: 'slow', question: 'Is it?', group: 'all',
  run: async ({ run }) => { await run(['sleep', '2.5']); return { outcome: 'pass', summary: 'it is' }; },
}];
`,
  });
  for (const jobs of [1, 8]) {
    const { stdout } = await project.run(`all --verbose --fix --force --jobs=${jobs}`);
    expect(stdout.includes('with more tasks at once (`--jobs`)'), stdout).toBe(jobs === 1);
    expect(stdout).toContain('critical path <time>: web <time> → test <time>');
  }
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
  expect((await project.run('a --profile=full')).stderr).toBe(
    'error: the profile cannot be written to `full`: ENOSPC: no space left on device, write\n',
  );
  expect((await project.run('a --profile=null')).exit).toBe(0);
  expect((await project.run('a --profile=link.json')).exit).toBe(0);
  for (const name of Object.keys(devices)) expect((await lstat(project.path(name))).isCharacterDevice()).toBe(true);
  expect((await lstat(project.path('link.json'))).isSymbolicLink()).toBe(true);
  expect(JSON.parse(await project.read('real.json'))).toMatchObject({ displayTimeUnit: 'ms' });
});

test('a flag is no file for a profile, and a profile whose folder is gone in the end is told', async () => {
  await using project = await createProject(config("  a: { run: 'rm -rf p; touch p' }\n"));
  expect(await project.run('a --profile --force')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('`--profile` needs a value'),
  });
  await project.write('p/x', '');
  expect(await project.run('a --profile=p/t.json')).toMatchObject({
    exit: 0,
    stderr:
      "note: the profile cannot be written to `p/t.json` any more: ENOTDIR: not a directory, stat '<project>/p/t.json'\n",
  });
});

test('a profile that cannot be written is refused before anything starts', async () => {
  await using project = await createProject({ ...config('  a: { run: touch ran }\n'), file: '' });
  const { exit, stderr } = await project.run('a --profile=file/x.json');
  expect([exit, stderr]).toEqual([
    2,
    "error: the profile cannot be written to `file/x.json`: ENOTDIR: not a directory, stat '<project>/file/x.json'\n",
  ]);
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

test('a long line is ended, too: at its end without a newline, and before what else is shown', async () => {
  const [long, more] = ['a'.repeat(64 << 10), 'b'.repeat(10)];
  const print = (what: string): string => `'${what}'; sleep 0.3; `;
  const begin = `printf %s ${print(long)}printf %s ${print(more)}`;
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  long: { run: sh long.sh }\n  mixed: { run: sh mixed.sh }\n',
    'long.sh': begin,
    'mixed.sh': `${begin}echo error >&2; sleep 0.3; echo rest`,
  });
  const line = `${long}${more}`;
  expect((await project.run('long')).stdout === `▸ long\n${line}\n✔ long <time>\n`).toBe(true);
  expect((await project.read('.tasks/logs/long.log')) === `${line}\n`).toBe(true);
  const events = (await project.run('long --output=json')).stdout.split('\n');
  const pieces = events.flatMap((event) => (event.includes('"task-output"') ? [JSON.parse(event)] : []));
  expect(pieces.map(({ goesOn }) => goesOn)).toEqual([true, undefined]);
  const mixed = `${line.slice(0, -1)}\nerror\nbrest\n`;
  expect((await project.run('mixed --quiet')).stdout === mixed).toBe(true);
  expect((await project.read('.tasks/logs/mixed.log')) === mixed).toBe(true);
});

test('a line of any length comes out as one: what a program writes is what is passed on, and kept', async () => {
  const print = "process.stdout.write('a' + '\u{1F600}é'.repeat(100_000) + '\\r\\nlast')";
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  long: { run: node print.mjs }\n',
    'print.mjs': `${print};\n`,
  });
  const text = `a${'\u{1F600}é'.repeat(100_000)}\nlast\n`;
  expect((await project.run('long --quiet')).stdout === text).toBe(true);
  expect((await project.read('.tasks/logs/long.log')) === text).toBe(true);
  const events = (await project.run('long --output=json')).stdout
    .split('\n')
    .flatMap((line) => (line.includes('"task-output"') ? [JSON.parse(line) as { line: string; goesOn?: true }] : []));
  expect(events.length).toBeGreaterThan(3);
  expect(events.map(({ line, goesOn }) => (goesOn ? line : `${line}\n`)).join('') === text).toBe(true);
});
