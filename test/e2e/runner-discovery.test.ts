/** What can be done here, what it takes, and what would happen: without anything happening. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const config = `version: 1
vars: { image: localhost/x }
policy:
  - { on: darwin, forbid: host, tasks: [probe], because: it needs a Linux kernel, instead: npx tasks boxed }
checks:
  sh: { id: SH001, command: 'touch checked', version: '>=1' }
tasks:
  build: { about: Build it, aliases: [b, make], group: main, requires: [sh], run: 'touch built && echo $(touch built2)' }
  test:
    about: Test it
    group: main
    needs: [make, lint]
    args: { name: file, about: only these }
    params:
      port: { type: int, default: 8080, about: where it listens }
      mode: { type: enum, values: [fast, slow], required: true }
      name: { about: any text }
      trace: { type: bool }
    run: 'test --port \${port} \${args}'
    finally: rm -f left
  lint: { group: other, needs: [build], platforms: [win32, darwin-arm64], run: lint }
  boxed: { container: '\${image}-tools', cwd: sub, env: { A: b }, timeout: 5m, run: [one, two] }
  probe: { run: probe }
  script: { script: task.ts }
  inner: { hidden: true, run: 'true' }
`;

test('`--list` groups, names the aliases, and says why a task is not to be had here', async () => {
  await using project = await createProject({ 'task.ts': '', 'tasks.config.yaml': config, 'sub/x': '' });
  const linux = { TASKS_PLATFORM: 'linux-x64' };
  expect(
    (await project.run('--list', { env: linux, cwd: 'sub' })).stdout.replace(/^judging.*\n/, ''),
  ).toMatchInlineSnapshot(`
    "  boxed
      probe
      script
      doctor [check…]  Check what this machine needs and say how to fix it
    main
      build            Build it (also b, make)
      test [file…]     Test it
    other
      lint             — skipped here: it is for win32, darwin-arm64
    "
  `);
  const mac = await project.run('--list', { env: { TASKS_PLATFORM: 'darwin-arm64' } });
  expect(mac.stdout).toContain('  probe            — refused here: task `probe` may not run on this host (darwin)');
});

test('without a word the tasks are listed too', async () => {
  await using project = await createProject({ 'task.ts': '', 'tasks.config.yaml': config });
  expect(await project.run('')).toEqual(await project.run('--list'));
});

test('`--list --output=json` and `--graph=json` give the tasks as data', async () => {
  await using project = await createProject({ 'task.ts': '', 'tasks.config.yaml': config });
  const list = JSON.parse((await project.run('--list --output=json')).stdout);
  expect(list.tasks.map((task: { name: string }) => task.name)).toEqual([
    'build',
    'test',
    'lint',
    'boxed',
    'probe',
    'script',
    'inner',
    'doctor',
  ]);
  expect(JSON.parse((await project.run('lint --graph=json')).stdout)).toEqual({
    schemaVersion: 1,
    tasks: [
      expect.objectContaining({ name: 'build', aliases: ['b', 'make'], needs: [], requires: ['sh'], group: 'main' }),
      expect.objectContaining({ name: 'lint', needs: ['build'], unavailable: expect.stringContaining('win32') }),
    ],
  });
});

test('`--help TASK` shows every flag with its type, its default and whether it must be given', async () => {
  await using project = await createProject({ 'task.ts': '', 'tasks.config.yaml': config });
  expect((await project.run('--help test')).stdout).toMatchInlineSnapshot(`
    "usage: tasks test [file…] [flags]

    Test it

    runs first: \`make\`, \`lint\`

    flags:
      --port=N          where it listens (default: 8080)
      --mode=fast|slow  (required)
      --name=TEXT       any text (default: empty)
      --trace

    words:
      [file…]  only these
    "
  `);
  expect((await project.run('test --help')).stdout).toBe((await project.run('--help test')).stdout);
});

test('`--graph` draws a tree, Mermaid or DOT, in the order of the config', async () => {
  await using project = await createProject({ 'task.ts': '', 'tasks.config.yaml': config });
  expect((await project.run('--graph')).stdout).toBe(`test
├─ build
└─ lint
   └─ build
boxed
probe
script
`);
  expect((await project.run('test --graph=mermaid')).stdout).toBe(`flowchart LR
  n0["build"]
  n1["test"]
  n2["lint"]
  n1 --> n0
  n1 --> n2
  n2 --> n0
`);
  expect((await project.run('lint --graph=dot')).stdout).toBe(`digraph tasks {
  rankdir=LR;
  node [shape=box];
  "build";
  "lint";
  "lint" -> "build";
}
`);
});

test('what is drawn already is not drawn again, and diamonds do not multiply', async () => {
  const layers = Array.from(
    { length: 60 },
    (_, index) =>
      `  a${index}: { needs: [a${index + 1}, b${index + 1}] }\n  b${index}: { needs: [a${index + 1}, b${index + 1}] }\n`,
  );
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n${layers.join('')}  a60: {}\n  b60: {}\n`,
  });
  const edges = 2 * (1 + 2 * 59);
  const { stdout } = await project.run('a0 --graph');
  expect(stdout.split('\n').length).toBe(edges + 2);
  expect(stdout).toContain('a2 …');
  const plan = (await project.run('a0 --dry-run')).stdout;
  expect(plan.match(/^\d+\. /gm)).toHaveLength(121);
  const run = (await project.run('b0 a0 --quiet')).exit;
  expect(run).toBe(0);
});

test('a chain of thousands of tasks is listed, drawn, planned and run like any other', async () => {
  const count = 8_000;
  const tasks = Array.from(
    { length: count },
    (_, at) => `  t${at}: { needs: [${at + 1 < count ? `t${at + 1}` : 'end'}] }\n`,
  );
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n${tasks.join('')}  end: { run: echo end }\n`,
  });
  const last = count - 1;
  expect((await project.run('--list')).stdout.split('\n').length).toBe(count + 3);
  const drawn = (await project.run('--graph')).stdout.split('\n');
  expect(drawn.filter((line) => line.endsWith(` t${last}`) || line === `t${last}`).length).toBe(1);
  expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(400);
  expect((await project.run('--dry-run t0')).stdout).toContain(`\n${count + 1}. t0 only groups what it needs\n`);
  const { exit, stdout } = await project.run('t0');
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^▸ end\nend\n✔ end <time>\n▸ t7999\n/);
}, 60_000);

test('what a task reads of groups of groups is looked for in each of them once', async () => {
  const layers = Array.from({ length: 26 }, (_, at) => {
    const next = at === 25 ? 'write' : `a${at + 1}, b${at + 1}`;
    return `  a${at}: { needs: [${next}] }\n  b${at}: { needs: [${next}] }\n`;
  });
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n  read: { needs: [a0, b0], inputs: [], run: cat out }\n${layers.join('')}  write: { inputs: [], outputs: [out], run: echo 1 > out }\n`,
  });
  expect((await project.run('read')).stdout).toContain('\n1\n✔ read <time>\n');
  expect((await project.run('read')).stdout).toContain('– read skipped: up to date\n');
  await project.write('out', '2\n');
  expect((await project.run('read --explain')).stdout).toContain('due to:');
});

test('`--dry-run` shows commands, places and reasons, and neither commands, substitutions nor checks run', async () => {
  await using project = await createProject({ 'task.ts': '', 'tasks.config.yaml': config });
  const { exit, stdout } = await project.run('test --mode=fast a\\ b c --dry-run');
  expect(exit).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "1. build runs on this machine
         requires the checks \`sh\`
         $ touch built && echo $(touch built2)
    2. lint is skipped: it is for win32, darwin-arm64, and this is linux-x64
    3. test runs on this machine
         after \`build\`, \`lint\`
         $ test --port 8080 'a b' c
         finally $ rm -f left
    "
  `);
  expect((await project.run('boxed --dry-run')).stdout).toMatchInlineSnapshot(`
    "1. boxed runs in the container \`localhost/x-tools\`
         $ one
         $ two
    "
  `);
  expect((await project.run('boxed --host --dry-run')).stdout).toMatchInlineSnapshot(`
    "1. boxed runs on this machine: \`--host\` was given
         $ one
         $ two
    "
  `);
  for (const file of ['built', 'built2', 'checked']) expect(existsSync(project.path(file))).toBe(false);
});

test.each([
  ['a task', 'biuld', '`build`'],
  ['a task after `--help`', '--help biuld', '`build`'],
  ['a task of a graph', 'tset --graph', '`test`'],
  ['a tool flag', 'build --dry-rum', '`--dry-run`'],
  ['a flag of a task', 'test --mod=fast', '`--mode`'],
  ['a value of an enum', 'test --mode=fsat', '`fast`'],
  ['an output', '--output=plian build', '`plain`'],
  ['an engine', '--engine=podmam build', '`podman`'],
  ['a form of a graph', '--graph=mermiad', '`mermaid`'],
  ['a check', 'doctor shh', '`sh`'],
])('a slip in the name of %s is told with the name that was probably meant', async (_what, words, meant) => {
  await using project = await createProject({ 'task.ts': '', 'tasks.config.yaml': config });
  const { exit, stderr } = await project.run(words);
  expect(exit).toBe(2);
  expect(stderr).toContain(`did you mean ${meant}?`);
});

test('what is for another platform is skipped with the reason, and what needs it goes on', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  mac: { platforms: [darwin], run: echo mac }\n  arm: { platforms: [linux-arm64], run: echo arm }\n  linux: { platforms: [linux], needs: [mac, arm], run: echo linux }\n',
  });
  expect(
    (await project.run('linux', { env: { TASKS_PLATFORM: 'linux-x64' } })).stdout.replace(/^judging.*\n/, ''),
  ).toBe(
    '– mac skipped: it is for darwin, and this is linux-x64\n– arm skipped: it is for linux-arm64, and this is linux-x64\n▸ linux\nlinux\n✔ linux <time>\nok: 1 done, 2 skipped, <time>\n',
  );
});

test('a first run, whose compiled code is not kept yet, says nothing of its own', async () => {
  await using project = await createProject({
    'task.ts': '',
    'tasks.config.yaml': config.replaceAll('darwin-arm64', 'linux'),
  });
  const packageFolder = join(import.meta.dirname, '../../tasks/runner');
  await mkdir(project.path('fresh'));
  await cp(join(packageFolder, 'bin.cjs'), project.path('fresh/bin.cjs'));
  await cp(join(packageFolder, 'package.json'), project.path('fresh/package.json'));
  await cp(join(packageFolder, 'dist'), project.path('fresh/dist'), {
    recursive: true,
    filter: (path) => !path.endsWith('.cache'),
  });
  await symlink(join(packageFolder, '../../node_modules'), project.path('fresh/node_modules'));
  const { status, stderr } = spawnSync(
    process.execPath,
    [project.path('fresh/bin.cjs'), 'test', '--mode=fast', '--dry-run'],
    {
      cwd: project.folder,
      env: project.env(),
      encoding: 'utf8',
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('the question of `confirm` is told before it is asked: by `--help` and by `--dry-run`', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  wipe: { params: { what: { default: disk } }, confirm: 'Wipe the ${what}?', run: echo wiping }\n",
  });
  expect((await project.run('--help wipe')).stdout).toContain('\nasks before anything starts: Wipe the ${what}?\n');
  expect((await project.run('wipe --what=tape --dry-run')).stdout).toContain(
    '\n     asks before anything starts: Wipe the tape?\n',
  );
});

test('of what takes several lines to tell, the list shows the first and `--help` all', async () => {
  const task =
    '{ about: "Write notes.\\n\\nThey are\\n  for all.\\n", params: { to: { about: "whom\\nto send them" } }, run: \'echo ${to}\' }';
  await using project = await createProject({ 'tasks.config.yaml': `version: 1\ntasks:\n  notes: ${task}\n` });
  expect((await project.run('--list')).stdout.split('\n')[0]).toBe('  notes            Write notes.');
  expect((await project.run('--help notes')).stdout).toBe(
    'usage: tasks notes [flags]\n\nWrite notes.\n\nThey are\n  for all.\n\nflags:\n  --to=TEXT  whom to send them (default: empty)\n',
  );
});
