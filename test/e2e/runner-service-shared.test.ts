/** A service that one run keeps up, and another run of the checkout that needs it: used, waited for, never started twice. */
import { readdirSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project } from '../helpers/project.ts';
import { startWatch } from '../helpers/watching.ts';

const config = (tasks: string): Record<string, string> => ({ 'tasks.config.yaml': `version: 1\ntasks:\n${tasks}` });
const service = (ready = ''): string => `service: { run: web${ready} }`;

const locksLeft = (project: Project): readonly string[] =>
  readdirSync(project.path('.tasks/locks')).filter((name) => !name.endsWith('.result'));

test('a second run uses the service that the first keeps up, starts its own others, and leaves that one alone', async () => {
  await using project = await createProject(
    config(`  db: { service: { run: db } }
  web: { needs: [db], ${service()} }
  cache: { service: { run: exec sleep 1000 } }
  test: { needs: [web, cache], run: echo tested }
`),
  );
  const [db, web] = await Promise.all([project.driven('db'), project.driven('web')]);
  const first = project.start('web');
  await Promise.all([db.started(), web.started()]);
  await first.says('● web is ready');
  const { exit, stdout } = await project.run('test --jobs=1');
  const end = `it belongs to the run with pid ${first.pid}`;
  expect({ exit, stdout }).toEqual({
    exit: 0,
    stdout: `note: \`db\` is the service of the run with pid ${first.pid}
▸ cache
● cache is ready <time>
note: \`web\` is the service of the run with pid ${first.pid}
▸ test
test | tested
✔ test <time>
– web skipped: ${end}
– db skipped: ${end}
✔ cache <time>
ok: 2 done, 2 skipped, <time>
`,
  });
  expect([db.startCount(), web.startCount()]).toEqual([1, 1]);
  first.child.kill('SIGINT');
  expect((await first.result).stdout).toContain('✔ web <time>\n✔ db <time>\ninterrupted: ');
  expect(locksLeft(project)).toEqual([]);
});

test.each(['SIGINT', 'SIGKILL'] as const)(
  'when the run that keeps it up ends by %s, the run that uses it fails, and says so',
  async (signal) => {
    await using project = await createProject(
      config(`  web: { ${service()} }\n  test: { needs: [web], run: test1 }\n`),
    );
    const [web, test1] = await Promise.all([project.driven('web'), project.driven('test1')]);
    const first = project.start('web');
    await web.started();
    await first.says('● web is ready');
    const second = project.start('test');
    const user = await test1.started();
    first.child.kill(signal);
    await user.isGone;
    const { exit, stdout } = await second.result;
    expect(exit).toBe(1);
    expect(stdout).toContain(
      `✖ web failed after <time>: the run with pid ${first.pid}, which ran it, has stopped it\n  remedy: run the same command again: it then starts the service itself\n`,
    );
    expect(stdout).toContain('– test stopped: another task failed\nfailed: `web` (exit code 1); 0 done, 1 stopped');
    expect(web.startCount()).toBe(1);
  },
);

test('one that is not ready yet is waited for, which is told once for all services that wait with it', async () => {
  await using project = await createProject(
    config(`  web: { ${service(', ready: { command: test -e up }')} }
  one: { service: { run: exec sleep 1000 } }
  two: { service: { run: exec sleep 1000 } }
  test: { needs: [one, two, web], run: echo tested }
`),
  );
  const web = await project.driven('web');
  const first = project.start('web');
  await web.started();
  const second = project.start('test --jobs=4');
  const waits = `note: \`web\` waits for the run with pid ${first.pid}, which runs \`web\`\n`;
  await second.says(waits);
  await project.write('up', '');
  const { exit, stdout } = await second.result;
  expect(exit).toBe(0);
  expect(stdout.match(/note: .*/g)).toEqual([
    waits.trimEnd(),
    `note: \`web\` is the service of the run with pid ${first.pid}`,
  ]);
  expect(web.startCount()).toBe(1);
  first.child.kill('SIGINT');
  await first.result;
});

test.each([
  ['was started with other params', 'web --port=2 test', ', and was started with other params or another config'],
  ['is older than what it needs', 'test', ', and what it needs has run since its start'],
  ['is asked for itself', 'web', ''],
])('one that %s is not used: how to go on is told, and then it is started here', async (_, words, why) => {
  await using project = await createProject({
    ...config(`  build: { inputs: [src], outputs: [out], run: cp src out }
  prepare: { needs: [build] }
  web: { params: { port: { type: int, default: 1 } }, needs: [prepare], service: { run: 'web \${port}' } }
  test: { needs: [web], run: test1 }
`),
    src: 'one',
  });
  const [web, test1] = await Promise.all([project.driven('web'), project.driven('test1')]);
  const first = project.start('web');
  await web.started();
  await first.says('● web is ready');
  if (words === 'test') await project.write('src', 'two');
  const second = project.start(words);
  await second.says(
    `note: \`web\` waits for the run with pid ${first.pid}, which runs \`web\`; it runs there until Ctrl-C${why}\n`,
  );
  expect(web.startCount()).toBe(1);
  first.child.kill('SIGINT');
  await first.result;
  await web.started();
  if (words === 'web') second.child.kill('SIGINT');
  else (await test1.started()).exit(0);
  expect((await second.result).exit).toBe(words === 'web' ? 130 : 0);
  expect(web.startCount()).toBe(2);
});

test('for what a service is, only `env` counts, and not what the environment of the caller is', async () => {
  await using project = await createProject(
    config(`  web: { env: { PORT: 1 }, ${service()} }\n  test: { needs: [web], run: echo tested }\n`),
  );
  const web = await project.driven('web');
  const first = project.start('web', { env: { MODE: 'one' } });
  await web.started();
  await first.says('● web is ready');
  const { exit, stdout } = await project.run('test', { env: { MODE: 'two' } });
  expect(exit).toBe(0);
  expect(stdout).toContain(`note: \`web\` is the service of the run with pid ${first.pid}\n`);
  await project.write('tasks.config.yaml', (await project.read('tasks.config.yaml')).replace('PORT: 1', 'PORT: 2'));
  const other = project.start('test');
  await other.says(', and was started with other params or another config\n');
  first.child.kill('SIGINT');
  await web.started();
  expect((await other.result).exit).toBe(0);
  await first.result;
});

test('of a watch a service may be used too, also after a run that has left it alone, until it is started again', async () => {
  await using project = await createProject({
    ...config(`  web: { inputs: [src], ${service(', ready: { command: test -e up }')} }
  check: { needs: [web], inputs: [spec], run: echo checked }
  test: { needs: [web], run: test1 }
`),
    src: 'one',
    spec: 'one',
    up: '',
  });
  const [web, test1] = await Promise.all([project.driven('web'), project.driven('test1')]);
  const watch = startWatch(project, 'check');
  await watch.waits();
  await web.started();
  await project.write('spec', 'two');
  await watch.waits();
  const second = project.start('test');
  const user = await test1.started();
  await rm(project.path('up'));
  await project.write('src', 'two');
  await user.isGone;
  expect((await second.result).exit).toBe(1);
  await web.started();
  expect(web.startCount()).toBe(2);
  await project.write('up', '');
  await watch.waits();
  await watch.end();
  expect(locksLeft(project)).toEqual([]);
});

test('where no lock can be written a service runs all the same, and is used by no other run', async () => {
  await using project = await createProject(config(`  web: { ${service()} }\n`));
  const web = await project.driven('web');
  await mkdir(project.path('.tasks/locks'), { recursive: true });
  await chmod(project.path('.tasks/locks'), 0o555);
  await chmod(project.folder, 0o755);
  const running = project.start('web', { user: 65534 });
  const invocation = await web.started();
  await running.says('● web is ready');
  invocation.exit(0);
  expect((await running.result).exit).toBe(0);
});
