/** For whom a service is up: whom its end ends, and when it goes with a failure or another service. */
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';

/** A service that prints `ready`, and tells in `story` that it is asked to end. */
const steady = (name: string): string =>
  `'trap "echo ${name} stops >> story; exit 0" TERM; echo ready; while :; do sleep 0.05; done', ready: { log: ready }`;

const projectWith = (tasks: string): Promise<Project> =>
  createProject({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });

test('a service that an earlier word needs is stopped before the later ones have ended', async () => {
  await using project = await projectWith(`  db: { service: { run: ${steady('db')} } }
  test: { needs: [db], run: echo test >> story }
  deploy: { run: deploy }
`);
  const deploy = await project.driven('deploy');
  const running = project.start('test deploy');
  const later = await deploy.started();
  await running.says('✔ db');
  later.exit(0);
  expect((await running.result).exit).toBe(0);
  expect(await project.read('story')).toBe('test\ndb stops\n');
});

test('a service that is a word goes on for all later words, also where one only stands for it, and its end ends them', async () => {
  await using project = await projectWith(`  web: { service: { run: web } }
  dev: { needs: [web] }
  first: { run: echo first }
  test: { run: test1 }
`);
  const [web, test1] = await Promise.all([project.driven('web'), project.driven('test1')]);
  const running = project.start('dev first test');
  const service = await web.started();
  const later = await test1.started();
  service.exit(7);
  await later.isGone;
  const { exit, stdout } = await running.result;
  expect(exit).toBe(7);
  expect(stdout).toContain('– test stopped: another task failed\n');
});

test('a service that still starts when another task fails is stopped, since nothing will need it', async () => {
  await using project =
    await projectWith(`  slow: { service: { run: slow, ready: { log: never, within: 10m } }, finally: echo last }
  bad: { run: bad }
  all: { needs: [slow, bad] }
`);
  const [slow, bad] = await Promise.all([project.driven('slow'), project.driven('bad')]);
  const running = project.start('all --jobs=2');
  const service = await slow.started();
  (await bad.started()).exit(3);
  await service.isGone;
  expect(await running.result).toEqual({
    exit: 3,
    stdout: expect.stringContaining(
      '– all not started: `bad` failed\nlast\n– slow stopped: nothing needs it any more\n',
    ),
    stderr: '',
  });
});

test('a service that still starts is stopped when what needs it can no longer start', async () => {
  await using project = await projectWith(`  slow: { service: { run: slow, ready: { log: never, within: 10m } } }
  bad: { run: bad }
  test: { needs: [slow, bad], run: echo test }
`);
  const [slow, bad] = await Promise.all([project.driven('slow'), project.driven('bad')]);
  const running = project.start('test --keep-going --jobs=2');
  const service = await slow.started();
  (await bad.started()).exit(3);
  await service.isGone;
  const { exit, stdout } = await running.result;
  expect(exit).toBe(3);
  expect(stdout).toContain('– test not started: it needs `bad`\n– slow stopped: nothing needs it any more\n');
});

test('what needs a service through another one is not started when it has ended, and the other one is stopped', async () => {
  await using project = await projectWith(`  db: { service: { run: db } }
  web: { needs: [db], service: { run: ${steady('web')} } }
  other: { run: other }
  test: { needs: [web, other], run: echo test, finally: echo last >> story }
  dev: { needs: [web, test] }
`);
  const [db, other] = await Promise.all([project.driven('db'), project.driven('other')]);
  const running = project.start('dev --keep-going --jobs=2');
  const service = await db.started();
  const beside = await other.started();
  await running.says('● web is ready');
  service.exit(7);
  await running.says('✖ db failed');
  beside.exit(0);
  const { exit, stdout } = await running.result;
  expect(exit).toBe(7);
  expect(stdout).toContain('– test not started: it needs `db`\n– dev not started: it needs `test`\n');
  expect(await project.read('story')).toBe('web stops\n');
});

test('a service that was asked for may end by itself, but not while another one needs it', async () => {
  await using project = await projectWith(`  db: { service: { run: db } }
  web: { needs: [db], service: { run: ${steady('web')} } }
  dev: { needs: [db, web] }
`);
  const db = await project.driven('db');
  const together = project.start('dev');
  const service = await db.started();
  await together.says('● web is ready');
  service.exit(0);
  const { exit, stdout } = await together.result;
  expect(exit).toBe(1);
  expect(stdout).toContain('✖ db failed after <time>: ended by itself: exit code 0\n');
  expect(await project.read('story')).toBe('web stops\n');
  const alone = project.start('db');
  (await db.started()).exit(0);
  expect((await alone.result).exit).toBe(0);
});

test('what waits for the lock of another run is given up when a service that it needs has ended', async () => {
  await using project = await projectWith(`  db: { service: { run: db } }
  test: { needs: [db], lock: board, run: echo test }
  other: { lock: board, run: other }
`);
  const [db, other] = await Promise.all([project.driven('db'), project.driven('other')]);
  const first = project.start('other');
  const holder = await other.started();
  const running = project.start('test --keep-going');
  const service = await db.started();
  await running.says('note: `test` waits for the run with pid');
  service.exit(7);
  const { exit, stdout } = await running.result;
  expect(exit).toBe(7);
  expect(stdout).toContain('– test not started: it needs `db`\n');
  holder.exit(0);
  expect((await first.result).exit).toBe(0);
});
