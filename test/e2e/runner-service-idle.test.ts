/** A service for tasks that are all up to date does not start: a database would start for nothing. */
import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type Project, type Result } from '../helpers/project.ts';
import { linesOf, startWatch } from '../helpers/watching.ts';

const service = (name: string): string =>
  `service: { run: 'echo ${name} >> story; echo up; exec sleep 1000', ready: { log: up } }`;

/** What runs tells so in the file `story`. */
const tasks = `  build: { inputs: [src], outputs: [dist], run: 'cp src dist; echo build >> story' }
  db: { ${service('db')} }
  web: { needs: [build, db], ${service('web')} }
  seed: { needs: [db], inputs: [seed.sql], run: 'echo seed >> story' }
  stack: { needs: [web, seed] }
  test: { needs: [stack], inputs: [spec], run: 'echo test >> story' }
  make: { needs: [db], inputs: [schema], outputs: [made], run: 'cp schema made; echo make >> story' }
  always: { needs: [test], run: 'echo always >> story' }
  other: { needs: [seed], platforms: [win32], run: 'exit 1' }
  later: { needs: [other, test], inputs: [later], run: 'echo later >> story' }
`;

async function projectOf(text = tasks): Promise<Project> {
  const names = ['src', 'seed.sql', 'spec', 'schema', 'later'];
  const files = Object.fromEntries(names.map((name) => [name, '']));
  return await createProject({ 'tasks.config.yaml': `version: 1\ntasks:\n${text}`, ...files });
}

/** Runs, and gives what has run. */
async function storyOf(project: Project, words: string): Promise<string> {
  await project.write('story', '');
  expect(await project.run(words)).toMatchObject({ exit: 0, stderr: '' });
  return [...(await linesOf(project, 'story'))].sort().join(' ');
}

test('a service starts only when something that needs it has to run, and says so where it does not', async () => {
  await using project = await projectOf();
  expect(await storyOf(project, 'test')).toBe('build db seed test web');
  expect(await storyOf(project, 'test')).toBe('');
  expect((await project.run('test')).stdout).toBe(`– build skipped: up to date
– seed skipped: up to date
– test skipped: up to date
– db skipped: nothing that needs it has to run
– web skipped: nothing that needs it has to run
▸ stack
✔ stack <time>
ok: 1 done, 5 skipped, <time>
`);
  await project.write('seed.sql', 'new');
  expect(await storyOf(project, 'test')).toBe('db seed');
  await project.write('spec', 'new');
  expect(await storyOf(project, 'test --jobs=1')).toBe('db test web');
  await project.write('src', 'new');
  expect(await storyOf(project, 'test')).toBe('build db test web');
});

test.each([
  ['test --force', 'build db seed test web'],
  ['db test', 'db'],
  ['stack test', 'db web'],
  ['always', 'always db web'],
  ['later', 'later db web'],
])('with `%s`, a service that was asked for or that something needs starts: %s', async (words, story) => {
  await using project = await projectOf();
  await storyOf(project, 'test');
  expect(await storyOf(project, words)).toBe(story.split(' ').sort().join(' '));
});

test('what is restored from the cache starts no service', async () => {
  await using project = await projectOf();
  expect(await storyOf(project, 'make')).toBe('db make');
  await project.write('made', 'other');
  const { stdout } = await project.run('make --explain');
  expect(stdout).toBe(`▸ make
due to: output made changed
✔ make <time> from the cache
– db skipped: nothing that needs it has to run
ok: 1 done, 1 skipped, <time>
`);
});

test('of a failure that leaves nothing to run, no service starts', async () => {
  await using project = await projectOf(`${tasks}  bad: { inputs: [], run: exit 3 }
  deploy: { needs: [bad, db], inputs: [bad], outputs: [deployed], run: 'echo deploy >> story' }
`);
  const { exit, stdout } = await project.run('deploy --keep-going');
  expect(exit).toBe(3);
  expect(stdout).toContain('– deploy not started: it needs `bad`\n– db skipped: nothing that needs it has to run\n');
});

test('what comes after a word that has failed is looked at, too', async () => {
  await using project = await projectOf(`${tasks}  bad: { inputs: [], run: exit 3 }
`);
  await storyOf(project, 'seed');
  const { exit, stdout } = await project.run('bad seed --keep-going');
  expect(exit).toBe(3);
  expect(stdout).toContain('– seed skipped: up to date\n– db skipped: nothing that needs it has to run\n');
  await project.write('seed.sql', 'new');
  expect((await project.run('bad seed --keep-going')).stdout).toContain('✔ seed');
});

test('what needs a failed task through others is not started, also where it is up to date', async () => {
  await using project = await projectOf(`  db: { ${service('db')} }
  seed: { needs: [db], inputs: [seed.sql], run: test ! -s seed.sql }
  first: { needs: [seed, db] }
  second: { needs: [first] }
  test: { needs: [second], inputs: [spec], run: 'echo test >> story' }
`);
  expect(await storyOf(project, 'test')).toBe('db test');
  await project.write('seed.sql', 'bad');
  expect((await project.run('test --keep-going')).stdout).toContain('– test not started: it needs `second`');
});

test('what is told of a task that waits for its services is told once', async () => {
  await using project = await projectOf(`  db: { ${service('db')} }
  test: { needs: [db], inputs: [none], run: 'echo test >> story' }
`);
  expect((await project.run('test --explain')).stdout).toBe(`note: the \`inputs\` of task \`test\` match no file
▸ db
up
● db is ready <time>
▸ test
test | due to: it has not run here yet
✔ test <time>
✔ db <time>
ok: 2 done, <time>
`);
});

test('what cannot be restored is told once, before the services of its task start', async () => {
  await using project = await projectOf();
  await storyOf(project, 'make');
  await rm(project.path('.tasks/state'), { recursive: true });
  await rm(project.path('made'));
  await project.write('made/mine', '');
  const { stdout } = await project.run('make');
  expect(stdout.match(/cannot be restored|db is ready/g)).toEqual(['cannot be restored', 'db is ready']);
});

test('where a restore fails before the services of a task start, it is told why the task runs all the same', async () => {
  await using project = await projectOf();
  await storyOf(project, 'make');
  await rm(project.path('made'));
  await project.write('made/mine', '');
  const { stdout } = await project.run('make --explain');
  expect(stdout).toContain('cannot be restored');
  expect(stdout).toContain('▸ make\nmake | due to: output made changed\n');
});

test('what is out of date in any case has its services started beside what else it needs', async () => {
  await using project = await projectOf(`  build: { run: build, outputs: [dist], inputs: [src] }
  db: { ${service('db')} }
  test: { needs: [build, db], inputs: [spec], run: 'echo test >> story' }
`);
  const build = await project.driven('build');
  const running = project.start('test --jobs=2');
  const building = await build.started();
  await running.says('● db is ready');
  building.exit(0);
  expect((await running.result).exit).toBe(0);
});

test('what lacks a file that another task writes again has no services started before that is there', async () => {
  await using project =
    await projectOf(`  build: { inputs: [src], outputs: [dist], cache: false, run: 'sleep 0.5; cp src dist' }
  db: { ${service('db')} }
  test: { needs: [build, db], inputs: [dist], run: 'echo test >> story' }
`);
  expect(await storyOf(project, 'test')).toBe('db test');
  await rm(project.path('dist'));
  expect(await storyOf(project, 'test')).toBe('');
});

test('a dry run says of a service whether it would start, also as JSON', async () => {
  await using project = await projectOf();
  await storyOf(project, 'test');
  const of = async (words: string, line: RegExp) => (await project.run(`${words} --dry-run`)).stdout.match(line)?.[0];
  expect(await of('test', /^.*\bdb\b.*$/m)).toBe('2. db is skipped: nothing that needs it has to run');
  expect(await of('test --output=json', /"task":"web".*?"because":.*?\]/)).toBe(
    '"task":"web","needs":["build","db"],"requires":[],"state":"skipped","because":["nothing that needs it has to run"]',
  );
  await project.write('src', 'new');
  expect(await of('test', /^.*\. db .*$/m)).toBe(
    '2. db is skipped: nothing that needs it has to run, unless `test` does after all',
  );
  await project.write('spec', 'new');
  expect(await of('test', /^.*\. db .*$/m)).toBe('2. db runs on this machine');
});

test('in a watch a service starts with the first change that makes something run which needs it, and then goes on', async () => {
  await using project = await projectOf();
  await storyOf(project, 'test');
  await project.write('story', '');
  const watch = startWatch(project, 'test');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual([]);
  await project.write('seed.sql', 'new');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['db', 'seed']);
  await project.write('spec', 'new');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['db', 'seed', 'web', 'test']);
  await project.write('spec', 'newer');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['db', 'seed', 'web', 'test', 'test']);
  await watch.end();
});

test('a service of a watch that is lent is used only by what has to run', async () => {
  await using project = await projectOf();
  await storyOf(project, 'test');
  const watch = startWatch(project, 'db');
  await watch.waits();
  expect((await project.run('seed')).stdout).toContain('– db skipped: nothing that needs it has to run\n');
  await project.write('seed.sql', 'new');
  expect((await project.run('seed')).stdout).toContain(`note: \`db\` is the service of the run with pid ${watch.pid}`);
  await watch.end();
});

test('a service that waits for its turn does not start for a task that cannot run any more', async () => {
  await using project = await projectOf(`  db: { ${service('db')} }
  fails: { run: exit 3 }
  test: { needs: [db, fails], inputs: [spec], run: 'true' }
`);
  const { exit, stdout } = await project.run('test --keep-going --jobs=1');
  expect(exit).toBe(3);
  expect(stdout).toContain('– db skipped: nothing that needs it has to run');
});

test('no service starts for a task of which another service has failed while it was looked at', async () => {
  await using project = await projectOf(`  db: { service: { run: db, ready: { log: up } } }
  web: { ${service('web')} }
  seed: { needs: [db], inputs: [seed.sql], run: 'true' }
  test: { needs: [db, web], inputs: [spec, { command: look }], run: 'true' }
  all: { needs: [seed, test] }
`);
  const [db, look] = await Promise.all([project.driven('db'), project.driven('look')]);
  const running = project.start('all --keep-going --jobs=4');
  const [looking, serving] = await Promise.all([look.started(), db.started()]);
  serving.exit(3);
  await running.says('– seed not started');
  looking.exit(0);
  const { stdout } = await running.result;
  expect(stdout).toContain('– test not started: it needs `db`\n– web skipped: nothing that needs it has to run\n');
});

/** Two runs of `seed`, of which the second waits for the service of the first. */
async function seedTwice(seed: string): Promise<{ readonly second: Result; readonly story: string }> {
  const project = await projectOf(`  db:
    service: { run: 'echo db >> story; until test -e go; do sleep 0.05; done; echo up; exec sleep 1000', ready: { log: up } }
  seed: { needs: [db], inputs: [seed.sql], run: 'echo seed >> story; ${seed}' }
`);
  await using _ = project;
  const first = project.start('seed');
  await first.says('▸ db');
  const second = project.start('seed');
  await second.says(`\`db\` waits for the run with pid ${first.pid}`);
  await project.write('go', '');
  await first.result;
  return { second: await second.result, story: (await linesOf(project, 'story')).join(' ') };
}

test('a service does not start for what another run has done while this one waited', async () => {
  const { second, story } = await seedTwice('true');
  expect(story).toBe('db seed');
  expect(second.exit).toBe(0);
  expect(second.stdout).toContain('– seed skipped: up to date\n– db skipped: nothing that needs it has to run\n');
});

test('a service starts for what another run has tried in vain while this one waited', async () => {
  const { second, story } = await seedTwice('exit 3');
  expect(story).toBe('db seed db seed');
  expect(second.exit).toBe(3);
});
