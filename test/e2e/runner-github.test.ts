/** What GitHub Actions is told: groups, annotations, the table of the job. */
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const actions = { GITHUB_ACTIONS: 'true' };

/** The token is another in every run. */
const withoutToken = (log: string) => log.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'TOKEN');

test('in GitHub Actions a task that runs alone is a group while it runs', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  a: { run: echo one; driven }\n  b: { needs: [a] }\n',
  });
  const driven = await project.driven('driven');
  const running = project.start('b', { env: actions });
  const invocation = await driven.started();
  await running.says('one');
  invocation.exit(0);
  const { exit, stdout } = await running.result;
  expect(exit).toBe(0);
  expect(withoutToken(stdout)).toBe(
    `::group::a
::stop-commands::TOKEN
one
::TOKEN::
::endgroup::
✔ a <time>
✔ b <time>
ok: 2 done, <time>
`,
  );
});

test('tasks that run at the same time are whole groups, one after another', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  a: { run: echo a1; one; echo a2 }\n  b: { run: echo b1; two; echo b2 }\n  all: { needs: [a, b] }\n',
  });
  const one = await project.driven('one');
  const two = await project.driven('two');
  const running = project.start('all --jobs=2', { env: actions });
  const [first, second] = await Promise.all([one.started(), two.started()]);
  second.exit(0);
  await running.says('✔ b');
  first.exit(0);
  const log = withoutToken((await running.result).stdout);
  const group = (task: string) =>
    `::group::${task}\n::stop-commands::TOKEN\n${task}1\n${task}2\n::TOKEN::\n::endgroup::\n✔ ${task} <time>\n`;
  expect(log).toContain(group('b'));
  expect(log.match(/::group::|::endgroup::/g)?.join('')).toMatch(/^(::group::::endgroup::)+$/);
});

test('a task cannot speak to GitHub through its output, its name or its failure', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  evil:
    run: |
      printf '::set-env name=A::b\\n##[add-path]/x\\nprogress\\r::warning::w\\n'
      exit 1 # \${::error::}
`.replace('${::error::}', '::error::from the command'),
  });
  const log = (await project.run('evil', { env: actions })).stdout;
  const token = /::stop-commands::(\S+)/.exec(log)?.[1] ?? 'none';
  let isStopped = false;
  const obeyed = log.split(/\r?\n|\r/).filter((line) => {
    if (line === `::${token}::`) isStopped = false;
    const isCommand = !isStopped && (line.trimStart().startsWith('::') || line.includes('##['));
    if (line === `::stop-commands::${token}`) isStopped = true;
    return isCommand && line !== `::${token}::` && line !== `::stop-commands::${token}`;
  });
  expect(obeyed).toEqual(['::group::evil', '::endgroup::', '::error title=Task `evil` failed::exit code 1']);
});

test('where a script ends the program, what runs is shown, its group closed and its failure annotated', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      'version: 1\ntasks:\n  a: { run: echo a1; held }\n  b: { script: b.ts }\n  all: { needs: [a, b] }\n',
    'b.ts': `import { readFileSync } from 'node:fs';
export const run = async () => {
  process.stdout.write('::error::half');
  while (!hasPrinted()) await new Promise((resolve) => setTimeout(resolve, 20));
  process.exit(2);
};
const hasPrinted = () => {
  try { return readFileSync('.tasks/logs/a.log', 'utf8') === 'a1\\n'; } catch { return false; }
};
`,
  });
  const held = await project.driven('held');
  const running = project.start('all --jobs=2', { env: actions });
  await held.started();
  const { exit, stdout } = await running.result;
  expect(exit).toBe(2);
  const left = (task: string, line: string) =>
    `::group::${task}\n::stop-commands::TOKEN\n${line}\n::TOKEN::\n::endgroup::\n::error title=Task \`${task}\` failed::the program was ended while it ran\n`;
  expect(withoutToken(stdout)).toBe(left('a', 'a1') + left('b', '::error::half'));
});

test('a failure is annotated where the output says something is wrong, seen from the repository', async () => {
  await using project = await createProject({
    'app/tasks.config.yaml': `version: 1
tasks:
  build: { cwd: src, run: 'printf "a.c:3:5: error: no\\n/elsewhere/b.c:1:1: error: not here\\n"; exit 2' }
`,
    'app/src/a.c': '',
  });
  const { exit, stdout } = await project.run('build', {
    cwd: 'app',
    env: { ...actions, GITHUB_WORKSPACE: project.folder },
  });
  expect(exit).toBe(2);
  expect(stdout.split('\n').filter((line) => line.startsWith('::error'))).toEqual([
    '::error title=Task `build` failed,file=app/src/a.c,line=3,col=5::no',
    '::error title=Task `build` failed::/elsewhere/b.c:1: not here',
    '::error title=Task `build` failed::exit code 2',
  ]);
});

test('the page of the job has a table and the last lines of what failed', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  ok: { run: 'true' }
  bad: { needs: [ok], run: 'echo "<b>oh</b> \\\`\\\`\\\`"; exit 3' }
  next: { needs: [bad] }
`,
  });
  await project.run('next', { env: { ...actions, GITHUB_STEP_SUMMARY: project.path('summary.md') } });
  const summary = (await project.read('summary.md')).replace(/\d+ ms|\d\.\d s/g, '<time>');
  expect(summary).toBe(`### tasks: failed: \`bad\` (exit code 3); 1 done, 1 not started, <time>

| task | result | time |
| --- | --- | ---: |
| ok | ✔ done | <time> |
| bad | ✖ failed: exit code 3 | <time> |
| next | – not started: &#96;bad&#96; failed | <time> |

<details open><summary>bad</summary>

\`\`\`\`text
$ echo "<b>oh</b> \\\`\\\`\\\`"; exit 3
<b>oh</b> \`\`\`
\`\`\`\`

</details>

`);
});

test('a job summary is as long as GitHub takes it, in bytes, and what has no room is left out as a whole', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  long: { run: 'for i in $(seq 20); do head -c 150000 /dev/zero | tr "\\\\0" x | sed "s/xxx/長/g"; echo; done; exit 3' }
  short: { run: 'echo told; exit 3' }
`,
  });
  const env = { ...actions, GITHUB_STEP_SUMMARY: project.path('summary.md') };
  await project.run('long short --keep-going', { env });
  const summary = await project.read('summary.md');
  expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
  expect(summary.match(/^`{3,}/gm)?.length).toBe(2);
  expect(summary).toContain('| long | ✖ failed');
  expect(summary).toContain('told\n```');
  expect(summary).toMatch(/\n\n\(cut: the rest is in the log\)\n$/);
});

test('a job summary that cannot be written is told, and changes no exit code', async () => {
  await using project = await createProject({ 'tasks.config.yaml': "version: 1\ntasks:\n  a: { run: 'true' }\n" });
  const { exit, stderr } = await project.run('a', {
    env: { ...actions, GITHUB_STEP_SUMMARY: project.path('no/summary.md') },
  });
  expect(exit).toBe(0);
  expect(stderr).toContain("note: the job's summary was not written: ENOENT");
});

test('what a task prints while others run is bounded in memory, and its end is shown', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  much: { run: 'other; yes 0123456789abcdef0123456789abcdef | head -n 200000; echo the end' }\n  held: { run: held }\n  all: { needs: [much, held] }\n",
  });
  const held = await project.driven('held');
  const other = await project.driven('other');
  const running = project.start('all --jobs=2', { env: actions });
  const [first, second] = await Promise.all([held.started(), other.started()]);
  second.exit(0);
  await running.says('✔ much');
  first.exit(0);
  const { stdout } = await running.result;
  expect(stdout).toMatch(/\(\d+ earlier lines are only in \.tasks\/logs\/much\.log\)\n0123/);
  expect(stdout).toContain('\nthe end\n');
  expect(stdout.length).toBeLessThan(5_000_000);
  expect((await project.read('.tasks/logs/much.log')).length).toBe(33 * 200_000 + 8);
});
