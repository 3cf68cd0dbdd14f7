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
