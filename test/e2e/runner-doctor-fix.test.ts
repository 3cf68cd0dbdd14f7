/** `doctor --fix`: from a bare machine to a healthy one, and never worse than before. */
import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bareMachine, type Manager } from '../helpers/bare-machine.ts';
import { tasks } from '../helpers/checkout.ts';
import { fakePodman } from '../helpers/fake-podman.ts';
import { createProject } from '../helpers/project.ts';

const unusedPort = '47';

test('a bare machine becomes a healthy one, and the second time nothing changes', async () => {
  await using fake = await fakePodman({ version: '5.8.6', state: '7-running-rootful' });
  await using machine = await bareMachine(['docker'], { installs: fake.folder });
  const env = { PATH: machine.folder, APP_PORT: unusedPort };
  const installed = () => readFile(join(machine.folder, 'packages.log'), 'utf8').catch(() => '');
  const first = await tasks(['doctor', '--fix', '--skip', 'KN004'], { env });
  expect(first.code, first.output).toBe(0);
  expect(first.output).toContain(
    'fix EN001 (only the docker client is installed, no engine): install Podman and what it needs\n  $ ',
  );
  const log = await installed();
  expect(log).toContain('install -y -qq --no-install-recommends podman runc');
  const second = await tasks(['doctor', '--fix', '--skip', 'KN004'], { env });
  expect(second.code, second.output).toBe(0);
  expect(second.output).not.toContain('fix EN');
  expect(await installed()).toBe(log);
});

test.each<[Manager, Record<string, string>, string]>([
  ['dnf', {}, 'install -y -q podman podman-compose'],
  ['pacman', {}, '-S --noconfirm --needed podman podman-compose'],
  ['brew', { TASKS_PLATFORM: 'darwin-arm64' }, 'install podman podman-compose'],
])(
  'a bare machine with %s becomes a healthy one by that, and the second time nothing changes',
  async (manager, platform, words) => {
    await using fake = await fakePodman({ version: '5.8.6', state: '7-running-rootful' });
    await using machine = await bareMachine([], { installs: fake.folder, manager });
    const env = { ...platform, PATH: machine.folder, APP_PORT: unusedPort };
    const first = await tasks(['doctor', '--fix', '--skip', 'KN004'], { env });
    expect(first.code, first.output).toBe(0);
    expect(first.output).toMatch(new RegExp(`^ {2}\\$ .*${manager} ${words}`, 'm'));
    const called = () => readFile(join(machine.folder, 'packages.log'), 'utf8');
    expect(await called()).toBe(`${words}\n`);
    const second = await tasks(['doctor', '--fix', '--skip', 'KN004'], { env });
    expect(second.code, second.output).toBe(0);
    expect(await called()).toBe(`${words}\n`);
  },
);

test('where only pipx is there, it installs podman-compose', async () => {
  await using fake = await fakePodman({ version: '5.8.6', state: '7-running-rootful' });
  await using machine = await bareMachine([], { installs: fake.folder, manager: 'pipx' });
  await symlink(join(fake.folder, 'podman'), join(machine.folder, 'podman'));
  const env = { PATH: machine.folder, APP_PORT: unusedPort };
  const first = await tasks(['doctor', '--fix', 'compose'], { env });
  expect(first.code, first.output).toBe(0);
  expect(first.output).toContain('  $ pipx install podman-compose\n');
  const second = await tasks(['doctor', '--fix', 'compose'], { env });
  expect(second.code, second.output).toBe(0);
  expect(await readFile(join(machine.folder, 'packages.log'), 'utf8')).toBe('install podman-compose\n');
});

const config = (fix: string) => `version: 1
checks: { thing: { id: TH001, script: checks.ts } }
tasks:
  mend: { script: mend.ts }
  other: { run: '${fix}' }
`;
const check = (needed: string) => `export const checks = [{
  id: 'TH001', name: 'thing', question: 'is it there?', group: 'x',
  run: async (probe) => ({
    outcome: await probe.exists('${needed}') ? 'pass' : 'fail', summary: 'the thing', fixes: [{ about: 'make it', task: 'mend' }],
  }),
}];`;
const script = `import { readFile, writeFile, rm } from 'node:fs/promises';
export async function run(context) {
  const before = await readFile('settings', 'utf8').catch(() => undefined);
  context.undoOnFailure(async () => before === undefined ? rm('settings') : writeFile('settings', before));
  await writeFile('settings', 'new');
}`;

test('a fix that did not help is taken back', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config('true'),
    'checks.ts': check('never'),
    'mend.ts': script,
    settings: 'old',
  });
  const { exit } = await project.run('doctor --fix');
  expect({ exit, settings: await project.read('settings') }).toEqual({ exit: 4, settings: 'old' });
});

test('a fix that helped stays', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config('true'),
    'checks.ts': check('settings'),
    'mend.ts': script,
  });
  const { exit } = await project.run('doctor --fix');
  expect({ exit, settings: await project.read('settings') }).toEqual({ exit: 0, settings: 'new' });
});

test('two runs that mend the same at one time run its fix once', async () => {
  const slow = `checks: { thing: { id: TH001, script: checks.ts } }`;
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\n${slow}\ntasks: { mend: { run: 'echo run >> count; held; touch settings' } }\n`,
    'checks.ts': check('settings'),
  });
  const held = await project.driven('held');
  const first = project.start('doctor --fix');
  const invocation = await held.started();
  const second = project.start('doctor --fix');
  await second.says('fix TH001');
  invocation.exit(0);
  expect((await first.result).exit).toBe(0);
  expect((await second.result).exit).toBe(0);
  expect({ count: await project.read('count'), starts: held.startCount() }).toEqual({ count: 'run\n', starts: 1 });
});

test('an interrupted fix is taken back', async () => {
  await using project = await createProject({
    'tasks.config.yaml': config('true'),
    'checks.ts': check('settings-and-more'),
    'mend.ts': `${script.replace("'new');\n", "'new');\n  await context.run(['held']);\n")}`,
  });
  const held = await project.driven('held');
  const running = project.start('doctor --fix');
  await held.started();
  running.child.kill('SIGINT');
  expect((await running.result).exit).toBe(130);
  expect(existsSync(project.path('settings'))).toBe(false);
});

test('each fix is printed before it runs, also when it fails', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
checks: { tool: { id: TL001, command: missing-tool --version, version: '>=1', install: { apt: missing-tool, dnf: missing-tool, pacman: missing-tool } } }
tasks: { a: { run: 'true' } }
`,
  });
  for (const name of ['apt-get', 'dnf', 'pacman', 'sudo'])
    await project.program(name, `echo "${name} refuses"; exit 100`);
  const { exit, stdout } = await project.run('doctor --fix');
  expect(exit).toBe(4);
  expect(stdout).toMatch(
    /fix TL001 \(tool is not installed\): install tool\n {2}\$ .*apt-get update && .*apt-get install -y missing-tool\n/,
  );
  expect(stdout).toContain('refuses');
  expect(stdout.trim().split('\n').at(-1)).toBe('verdict: not ready: TL001 tool is not installed');
});
