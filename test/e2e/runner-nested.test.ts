/** A run that a task of another run has started: what that run holds is used or told, and never waited for without end. */
import { expect, test } from 'vitest';
import { cli, createProject, type Project } from '../helpers/project.ts';

const createNested = (tasks: string): Promise<Project> =>
  createProject({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}`, src: 'one' });

/** For `node $CLI inner` in a task. */
const env = { CLI: cli('')[0] ?? '' };

const shared = `  build: { inputs: [src], outputs: [out], run: cp src out }
  db: { needs: [build], params: { port: { type: int, default: 1 } }, service: { run: 'db \${port}' } }
  inner: { needs: [db], run: echo inner }
`;

test.each([
  ['', 'run: node $CLI inner', 'outer'],
  [', though it is interactive', 'interactive: true, run: node $CLI inner', 'outer'],
  [' that is only started through another run', 'run: node $CLI middle', 'outer'],
  [' whose service goes on', 'run: node $CLI inner', 'outer db'],
  [', as what has lost the variable does', 'run: env -u TASKS_AROUND node $CLI inner', 'outer'],
])('a run uses the service of the task that has started it%s', async (_, work, words) => {
  await using project = await createNested(
    `${shared}  outer: { needs: [db], ${work} }\n  middle: { run: node $CLI inner }\n`,
  );
  const db = await project.driven('db');
  const running = project.start(words, { env });
  await running.says('✔ outer');
  running.child.kill('SIGINT');
  const { stdout } = await running.result;
  expect(stdout).toContain(`note: \`db\` is the service of the run with pid ${running.pid}\n`);
  expect(stdout).toContain('✔ inner <time>\n');
  expect(db.startCount()).toBe(1);
});

test.each([
  [
    'that only another task of that run needs',
    `  outer: { run: test -e up || wait-for-up; node $CLI inner }
  other: { needs: [db], run: 'touch up; other' }
  all: { needs: [outer, other] }\n`,
    '',
    '  remedy: add `db` to the `needs` of `outer`, and it is used here too\n',
  ],
  [
    'with other params',
    '  all: { needs: [db], run: node $CLI db --port=2 inner }\n',
    ', and was started with other params or another config',
    '  remedy: leave out `tasks db` where `all` runs\n',
  ],
  [
    'that is older than what it needs',
    "  all: { needs: [db], run: 'echo two >src; node $CLI inner' }\n",
    ', and what it needs has run since its start',
    '  remedy: leave out `tasks db` where `all` runs\n',
  ],
  [
    'for itself',
    '  all: { needs: [db], run: node $CLI db }\n',
    '',
    '  remedy: leave out `tasks db` where `all` runs\n',
  ],
])('a run that needs a service %s is told so at once', async (_, tasks, because, remedy) => {
  await using project = await createNested(`${shared}${tasks}`);
  await project.driven('db');
  await project.program('wait-for-up', 'until [ -e up ]; do sleep 0.05; done');
  const other = await project.driven('other');
  const running = project.start('all --jobs=2', { env });
  const outer = tasks.includes('outer') ? 'outer' : 'all';
  await running.says(
    `failed after 0 ms: it was started by \`${outer}\`, whose run holds the service \`db\`${because}\n`,
  );
  if (outer === 'outer') (await other.started()).exit(0);
  const { exit, stdout } = await running.result;
  expect(exit).toBe(2);
  expect(stdout).toContain(remedy);
});

test('a lock of the task that has started a run is told at once, whatever else that runs', async () => {
  await using project = await createNested(
    '  outer: { lock: board, run: node $CLI inner }\n  inner: { lock: board, run: echo inner }\n  other: { run: other }\n  all: { needs: [other, outer] }\n',
  );
  const other = await project.driven('other');
  const running = project.start('all --jobs=2', { env });
  const invocation = await other.started();
  await running.says('✖ inner failed after 0 ms: it was started by `outer`, which holds what it needs\n');
  invocation.exit(0);
  expect((await running.result).exit).toBe(2);
});

test('what another task of that run does is waited for', async () => {
  await using project = await createNested(
    '  outer: { run: node $CLI other }\n  other: { run: other }\n  all: { needs: [other, outer] }\n',
  );
  const other = await project.driven('other');
  const running = project.start('all --jobs=2', { env });
  const invocation = await other.started();
  await running.says(`note: \`other\` waits for the run with pid ${running.pid}, which runs \`other\`\n`);
  invocation.exit(0);
  (await other.started()).exit(0);
  expect((await running.result).exit).toBe(0);
});
