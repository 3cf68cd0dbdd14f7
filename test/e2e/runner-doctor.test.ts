/** The doctor's command line: which checks run, in which form the report comes, and how it ends. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const config = `version: 1
checks:
  shell: { id: SH001, command: echo 1.2.3, version: '>=1', about: runs every command, docs: 'docs/doctor.md#sh001' }
  engine: { id: EN001, script: checks.ts }
  network: { id: EN002, script: checks.ts }
  disk: { id: DK001, script: checks.ts }
  mac: { id: PM001, script: checks.ts }
tasks:
  start-engine: { run: 'echo up > engine' }
`;
const checks = `import type { Check } from 'zx-tasks';
export const checks: Check[] = [
  {
    id: 'EN001', name: 'engine', question: 'does the engine answer?', group: 'engine',
    about: 'Everything runs in it.', fix: 'starting it', docs: 'docs/doctor.md#en001',
    run: async (probe) => {
      const ran = await probe.run(['cat', 'engine']);
      return ran.code === 0
        ? { outcome: 'pass', summary: 'the engine is up' }
        : { outcome: 'fail', summary: 'the engine is down', cause: 'its file is missing, 100% sure', fixes: [{ about: 'start it', task: 'start-engine' }] };
    },
  },
  { id: 'EN002', name: 'network', question: 'is there a network?', group: 'engine', needs: ['EN001'], run: async () => ({ outcome: 'pass', summary: 'yes' }) },
  { id: 'DK001', name: 'disk', question: 'is there room?', group: 'disk', run: async () => ({ outcome: 'warn', summary: 'little room', cause: 'films', fixes: [{ about: 'look', command: 'du', byHand: true }] }) },
  { id: 'PM001', name: 'mac', question: 'is it a Mac?', group: 'mac', platforms: ['darwin'], run: async () => ({ outcome: 'pass', summary: 'yes' }) },
];
`;
const files = { 'tasks.config.yaml': config, 'checks.ts': checks };
const report = `tools
  ✔ SH001 shell 1.2.3
engine
  ✖ EN001 the engine is down
      why: its file is missing, 100% sure
      fix: npx tasks start-engine
      more: docs/doctor.md#en001
  – EN002 network skipped: because of EN001
disk
  ! DK001 little room
      why: films
      fix: du
mac
  – PM001 mac skipped: not on linux
verdict: not ready: EN001 the engine is down; warnings: DK001 little room
`;

test('the report groups what was found, and its last line names root causes only', async () => {
  await using project = await createProject(files);
  expect(await project.run('doctor')).toEqual({ exit: 4, stdout: report, stderr: '' });
});

test('only the named checks and what they need run, by id in any case or by name', async () => {
  await using project = await createProject(files);
  await project.write('engine', '');
  const stdout = 'engine\n  ✔ EN001 the engine is up\n  ✔ EN002 yes\nverdict: ready\n';
  expect(await project.run('doctor en002')).toEqual({ exit: 0, stdout, stderr: '' });
  expect(await project.run('doctor network')).toEqual({ exit: 0, stdout, stderr: '' });
});

test('a check that does not exist is named, with the nearest one', async () => {
  await using project = await createProject(files);
  expect(await project.run('doctor netwrok')).toEqual({
    exit: 2,
    stdout: '',
    stderr:
      'error: unknown check `netwrok`, did you mean `network`?\nhint: `npx tasks doctor --checks` lists all checks\n',
  });
});

test('`--skip` leaves checks out, and what needs them runs all the same', async () => {
  await using project = await createProject(files);
  expect(await project.run('doctor engine network --skip EN001')).toEqual({
    exit: 0,
    stdout: 'engine\n  – EN001 engine skipped: left out by `--skip`\n  ✔ EN002 yes\nverdict: ready\n',
    stderr: '',
  });
});

test('`--strict` makes a warning a failure', async () => {
  await using project = await createProject(files);
  expect((await project.run('doctor disk')).exit).toBe(0);
  expect(await project.run('doctor disk --strict')).toMatchObject({ exit: 4 });
});

test('`--checks` lists the checks and runs none', async () => {
  await using project = await createProject(files);
  expect(await project.run('doctor --checks')).toEqual({
    exit: 0,
    stdout: `tools
  SH001  shell    is shell >=1 installed?
engine
  EN001  engine   does the engine answer?
  EN002  network  is there a network?
disk
  DK001  disk     is there room?
mac
  PM001  mac      is it a Mac? (darwin)
`,
    stderr: '',
  });
});

test('`--about` explains one check', async () => {
  await using project = await createProject(files);
  expect((await project.run('doctor --about EN001')).stdout).toBe(`EN001 engine: does the engine answer?
  Everything runs in it.
  fixed by: starting it
  more: docs/doctor.md#en001
`);
  expect((await project.run('doctor --about=shell')).stdout).toBe(`SH001 shell: is shell >=1 installed?
  runs every command
  more: docs/doctor.md#sh001
`);
});

test('`--json` is one document that fits the published schema', async () => {
  await using project = await createProject(files);
  const schema = JSON.parse(await readFile(resolve('tasks/runner/doctor.schema.json'), 'utf8')) as object;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  const { exit, stdout, stderr } = await project.run('doctor --json');
  expect({ exit, stderr }).toEqual({ exit: 4, stderr: '' });
  const document = JSON.parse(stdout.replaceAll('"<time>"', '1')) as Record<string, unknown>;
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(document).toMatchObject({
    schemaVersion: 1,
    ready: false,
    exit: 4,
    roots: ['EN001'],
    verdict: 'not ready: EN001 the engine is down; warnings: DK001 little room',
  });
  expect(validate({ ...document, extra: 1 })).toBe(false);
});

test('`--markdown` carries the evidence, and no name, folder, address or token of the machine', async () => {
  const planted = `export const checks = [{
    id: 'EN001', name: 'engine', question: 'does the engine answer?', group: 'engine',
    run: async (probe) => {
      await probe.run(['sh', '-c', 'echo "$HOME/.ssh of $USER, $DEPLOY_TOKEN, 192.0.2.7, $PWD/x"; uname -n >&2; exit 3']);
      return { outcome: 'fail', summary: 'planted by ' + probe.env.USER };
    },
  }];`;
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\nchecks: { engine: { id: EN001, script: checks.ts } }\ntasks: { a: { run: "true" } }\n',
    'checks.ts': planted,
  });
  const env = { USER: 'mara', DEPLOY_TOKEN: 'correct-horse-battery' };
  const { exit, stdout } = await project.run('doctor --markdown', { env });
  expect(exit).toBe(4);
  expect(stdout).toBe(`### \`tasks doctor\`

**not ready: EN001 planted by <user>**

linux-${process.arch}, zx-tasks 0.1.0

| | check | found |
| --- | --- | --- |
| ❌ | EN001 engine | planted by <user> |

<details><summary>EN001: does the engine answer?</summary>

    $ sh -c 'echo "$HOME/.ssh of $USER, $DEPLOY_TOKEN, <address>, $PWD/x"; uname -n >&2; exit 3'
    <machine>
    ~/.ssh of <user>, <secret>, <address>, <project>/x
    (3 exit code after <time>)

</details>
`);
});

test('`--checklist` is a list of tasks, ticked where all is well', async () => {
  await using project = await createProject(files);
  expect((await project.run('doctor --checklist')).stdout).toBe(`## This machine (linux-${process.arch})

### tools

- [x] **SH001** is shell >=1 installed? — shell 1.2.3

### engine

- [ ] **EN001** does the engine answer? — the engine is down: \`npx tasks start-engine\`
- [ ] **EN002** is there a network? — after EN001

### disk

- [x] **DK001** is there room? — little room

Verdict: not ready: EN001 the engine is down; warnings: DK001 little room
`);
});

test('two forms at once are refused', async () => {
  await using project = await createProject(files);
  expect(await project.run('doctor --json --markdown')).toMatchObject({
    exit: 2,
    stderr: 'error: `--json`, `--markdown` cannot be used together\n',
  });
});

test('in GitHub Actions root causes become annotations, and the report goes to the job’s summary', async () => {
  await using project = await createProject(files);
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: project.path('summary.md') };
  const { stdout } = await project.run('doctor', { env });
  expect(
    stdout,
  ).toBe(`${report}::error title=EN001 the engine is down::its file is missing, 100%25 sure%0Afix: npx tasks start-engine%0Amore: docs/doctor.md#en001
::warning title=DK001 little room::films%0Afix: du
`);
  expect(await project.read('summary.md')).toContain('| ❌ | EN001 engine | the engine is down |');
  const asJson = await project.run('doctor --json', { env });
  expect(JSON.parse(asJson.stdout.replaceAll('"<time>"', '1'))).toMatchObject({ exit: 4 });
  expect(asJson.stderr).toContain('::error title=EN001');
});

test('in GitHub Actions what tools say is no command, in what a fix prints and in the report', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\nchecks: { odd: { id: OD001, script: checks.ts } }\ntasks: { a: { run: "true" } }\n',
    'checks.ts': `export const checks = [{ id: 'OD001', name: 'odd', question: 'odd?', group: 'x', run: async (probe) => {
      const { stdout } = await probe.run(['odd']);
      return { outcome: 'fail', summary: 'it is odd', cause: stdout, fixes: [{ command: 'odd', about: 'ask again' }] };
    } }];`,
  });
  await project.program('odd', 'echo odd; echo ::add-mask::odd');
  const { stdout } = await project.run('doctor --fix', { env: { GITHUB_ACTIONS: 'true' } });
  const token = /^::stop-commands::(.+)$/m.exec(stdout)?.[1] ?? '';
  const parts = stdout.split(new RegExp(`^::(?:stop-commands::)?${token}(?:::)?\n`, 'm'));
  const shielded = parts.filter((_, index) => index % 2 === 1);
  expect(shielded.join('').match(/::add-mask::odd/g)).toHaveLength(3);
  expect(stdout.match(/::add-mask::odd/g)).toHaveLength(4);
  expect(parts.at(-1)).toBe('::error title=OD001 it is odd::odd%0A::add-mask::odd%0A%0Afix: odd\n');
});

test('not more than ten annotations of a kind are made', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `BD${String(index + 101)}`);
  const rows = names.map((id) => `  ${id.toLowerCase()}: { id: ${id}, command: 'exit 127', version: '>=1' }`);
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\nchecks:\n${rows.join('\n')}\ntasks: { a: { run: "true" } }\n`,
  });
  const { stdout } = await project.run('doctor', { env: { GITHUB_ACTIONS: 'true' } });
  expect(stdout.match(/^::error/gm)).toHaveLength(10);
});

const troubled = `export const checks = [
  { id: 'EN001', name: 'slow', question: 'does it end?', group: 'x', run: async (probe) => { const ran = await probe.run(['slow']); return { outcome: 'pass', summary: 'ended with ' + ran.code }; } },
  { id: 'EN002', name: 'hanging', question: 'does it hang?', group: 'x', timeoutMs: 200, run: (probe) => probe.run(['sleep', '60']) },
  { id: 'EN003', name: 'crashing', question: 'does it crash?', group: 'x', run: async () => { throw new Error('boom'); } },
  { id: 'EN004', name: 'mute', question: 'does it answer?', group: 'x', run: async () => undefined },
];`;
const troubledConfig = `version: 1
checks:
${['slow', 'hanging', 'crashing', 'mute'].map((name, index) => `  ${name}: { id: EN00${index + 1}, script: checks.ts }`).join('\n')}
tasks: { a: { run: "true" } }
`;

test('a check that hangs, crashes or says nothing is a result, and never “ok”; the others run', async () => {
  await using project = await createProject({ 'tasks.config.yaml': troubledConfig, 'checks.ts': troubled });
  expect(await project.run('doctor hanging crashing mute')).toEqual({
    exit: 4,
    stdout: `x
  ? EN002 could not check hanging
      why: it took longer than <time>
  ? EN003 could not check crashing
      why: the check crashed: boom
  ? EN004 could not check mute
      why: the check returned no result
verdict: not ready: EN002 could not check hanging; EN003 could not check crashing; EN004 could not check mute
`,
    stderr: '',
  });
});

test('a check that takes long says so while it runs', async () => {
  await using project = await createProject({ 'tasks.config.yaml': troubledConfig, 'checks.ts': troubled });
  const slow = await project.driven('slow');
  const running = project.start('doctor slow');
  const invocation = await slow.started();
  await running.says('note: EN001 takes long: does it end?');
  invocation.exit(0);
  expect(await running.result).toMatchObject({
    exit: 0,
    stdout: 'note: EN001 takes long: does it end?\nx\n  ✔ EN001 ended with 0\nverdict: ready\n',
  });
});

test('`--fix` prints each command, runs it, checks again, and has nothing to do the second time', async () => {
  await using project = await createProject(files);
  expect(await project.run('doctor network --fix')).toEqual({
    exit: 0,
    stdout: `fix EN001 (the engine is down): start it
  $ npx tasks start-engine
▸ start-engine
✔ start-engine <time>
engine
  ✔ EN001 the engine is up
  ✔ EN002 yes
verdict: ready
`,
    stderr: '',
  });
  expect(await project.run('doctor network --fix')).toEqual({
    exit: 0,
    stdout: 'engine\n  ✔ EN001 the engine is up\n  ✔ EN002 yes\nverdict: ready\n',
    stderr: '',
  });
});

test('a fix that is for a person’s hand is shown and never run', async () => {
  await using project = await createProject(files);
  await project.program('du', 'touch ran');
  const { exit, stdout } = await project.run('doctor disk --strict --fix');
  expect({ exit, ran: await project.read('ran').catch(() => 'no') }).toEqual({ exit: 4, ran: 'no' });
  expect(stdout).toContain('fix: du');
});
