/** Services in a watch: kept, replaced, and ended in order; and what a watch shows on a terminal and to programs. */
import { readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { run } from 'zx-tasks';
import { apart } from '../helpers/apart.ts';
import { freePort } from '../helpers/port.ts';
import { isRunning } from '../helpers/processes.ts';
import { createProject, type Project } from '../helpers/project.ts';
import { openTerminal } from '../helpers/terminal.ts';
import { linesOf, startWatch } from '../helpers/watching.ts';

/** A server that tells in `story` when it listens and when it is asked to end. */
const server = `
const { appendFileSync } = require('node:fs');
const [name, port] = process.argv.slice(2);
const say = (text) => appendFileSync('story', name + ' ' + text + '\\n');
const http = require('node:http').createServer((_, response) => response.end());
process.on('SIGTERM', () => { say('stops'); process.exit(0); });
http.listen(Number(port), '127.0.0.1', () => { say('listens'); console.log(process.pid + ' listens'); });
`;

async function projectWith(tasks: (port: number) => string, files = {}): Promise<Project> {
  const port = await freePort();
  return await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n${tasks(port)}`,
    'server.cjs': server,
    ...files,
  });
}

const stack = (port: number): string => `  build: { inputs: [src], outputs: [out], run: cp src out }
  db: { service: { run: 'exec node server.cjs db 0', ready: { log: listens } } }
  web: { needs: [build, db], inputs: [web.conf], service: { run: 'exec node server.cjs web ${port}', ready: { tcp: ${port} } } }
  test: { needs: [web], inputs: [spec], run: 'echo test >> story' }
`;
const stackFiles = { src: '', 'web.conf': '', spec: '' };

test('a service is restarted when what it reads, or a task that it needs, has changed, and else goes on', async () => {
  await using project = await projectWith(stack, stackFiles);
  const watch = startWatch(project, 'test');
  await watch.waits();
  await project.write('spec', 'new');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['db listens', 'web listens', 'test', 'test']);
  await project.write('web.conf', 'new');
  await watch.waits();
  await project.write('src', 'new');
  await watch.waits();
  const { exit, stdout } = await watch.end();
  expect(exit).toBe(130);
  expect(await linesOf(project, 'story')).toEqual([
    'db listens',
    'web listens',
    'test',
    'test',
    'web stops',
    'web listens',
    'web stops',
    'web listens',
    // It reads what `build` wrote, through the service.
    'test',
    'web stops',
    'db stops',
  ]);
  expect(stdout).toContain('– db skipped: it goes on running\n– web stopped: it is started again\n▸ web\n');
});

test.each(['out', 'copied'])(
  'a service that reads `%s` is restarted when another run has done what it needs',
  async (read) => {
    const needed = { out: 'build', copied: 'copy' }[read];
    await using project = await projectWith(
      (port) => `  build: { inputs: [src, { command: cat version }], outputs: [out], run: cat src version > out }
  copy: { needs: [build], run: cp out copied }
  web: { needs: [${needed}], service: { run: 'cat ${read} >> story; exec node server.cjs web ${port}', ready: { tcp: ${port} } } }
  test: { needs: [web, build], inputs: [spec], run: 'true' }
`,
      { src: '', spec: '', version: 'one\n' },
    );
    const watch = startWatch(project, 'test');
    await watch.waits();
    await project.write('version', 'two\n');
    expect((await project.run('build')).stdout).toContain('✔ build');
    await watch.waits();
    expect((await watch.end()).stdout).toContain('– build skipped: up to date\n');
    expect(await linesOf(project, 'story')).toEqual([
      ...['one', 'web listens', 'web stops'],
      ...['two', 'web listens', 'web stops'],
    ]);
  },
);

test('a service with `watch: []` goes on running when what it needs has run', async () => {
  await using project = await projectWith(
    (port) => `  site: { inputs: [src], outputs: [site], run: cp src site }
  web: { needs: [site], watch: [], service: { run: 'exec node server.cjs web ${port}', ready: { tcp: ${port} } } }
`,
    { src: 'one' },
  );
  const watch = startWatch(project, 'web');
  await watch.waits();
  await project.write('src', 'two');
  await watch.waits();
  expect((await watch.end()).stdout).toContain('✔ site <time>\n– web skipped: it goes on running\n');
  expect(await linesOf(project, 'story')).toEqual(['web listens', 'web stops']);
});

test('a service is not lost when a task that it needs fails, and its port is free for the next one', async () => {
  await using project = await projectWith(
    (port) => `  build: { inputs: [code], outputs: [out], run: 'exit $(cat code)' }
  web: { needs: [build], service: { run: 'exec node server.cjs web ${port}', ready: { tcp: ${port} } } }
`,
    { code: '0' },
  );
  const watch = startWatch(project, 'web');
  await watch.waits();
  await project.write('code', '3');
  await watch.says('web not started: `build` failed');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['web listens']);
  await project.write('code', '00');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['web listens', 'web stops', 'web listens']);
  expect((await watch.end()).stdout).not.toContain('EADDRINUSE');
  expect(await linesOf(project, 'story')).toEqual(['web listens', 'web stops', 'web listens', 'web stops']);
});

test('a service that was started again alone is stopped after those that need it all the same', async () => {
  await using project = await projectWith(
    () => `  db: { inputs: [db.conf], service: { run: 'exec node server.cjs db 0', ready: { log: listens } } }
  web: { needs: [db], inputs: [web.conf], service: { run: 'exec node server.cjs web 0', ready: { log: listens } } }
`,
    { 'db.conf': '', 'web.conf': '' },
  );
  const watch = startWatch(project, 'web');
  await watch.waits();
  await project.write('db.conf', 'new');
  await watch.waits();
  expect((await watch.end()).exit).toBe(130);
  expect(await linesOf(project, 'story')).toEqual([
    'db listens',
    'web listens',
    'db stops',
    'db listens',
    'web stops',
    'db stops',
  ]);
});

test('a service is not started again when the watch is ended while the one before it cleans up', async () => {
  await using project = await projectWith(
    () => `  web:
    inputs: [conf]
    service: { run: 'trap "while [ ! -e go ]; do sleep 0.05; done; exit 0" TERM; echo up; while :; do sleep 0.05; done', ready: { log: up } }
    finally: echo last >> story
`,
    { conf: '' },
  );
  const watch = startWatch(project, 'web');
  await watch.waits();
  await project.write('conf', 'new');
  await watch.says('– web stopped: it is started again');
  const ended = watch.end();
  await watch.says('SIGINT: stopping');
  await project.write('go', '');
  const { exit, stdout } = await ended;
  expect(exit).toBe(130);
  expect(stdout.split('▸ web')).toHaveLength(2);
  expect(await linesOf(project, 'story')).toEqual(['last']);
});

test.each([
  ['what it reads', 'web.conf', 'go'],
  ['what a task reads that it needs', 'src', 'go'],
  ['the config', 'tasks.config.yaml', ''],
])('a service that is not ready is started again at once with %s', async (_, file, text) => {
  const tasks = (sign: string) => `  build: { inputs: [src], outputs: [out], run: cp src out }
  web:
    needs: [build]
    inputs: [web.conf]
    service: { run: 'grep -h go out web.conf; sleep 1000', ready: { log: '${sign}', within: 10m } }
  test: { needs: [web], inputs: [], run: echo test >> story }
`;
  await using project = await projectWith(() => tasks('^go'), { src: 'a', 'web.conf': 'b' });
  const watch = startWatch(project, 'test');
  await watch.says('▸ web');
  await project.write(file, text || `version: 1\ntasks:\n${tasks('^').replace('grep', 'echo up; grep')}`);
  await watch.says('– web stopped: it is started again\n– test not started: it needs `web`\n');
  await watch.waits();
  expect(await linesOf(project, 'story')).toEqual(['test']);
  expect((await watch.end()).exit).toBe(130);
});

test('a service that writes what it reads before it is ready becomes ready all the same', async () => {
  await using project = await projectWith(
    () =>
      "  web: { inputs: [conf], service: { run: 'date +%N >> conf; echo up >> story; sleep 1; echo ready; sleep 1000', ready: { log: ready } } }\n",
    { conf: '' },
  );
  const watch = startWatch(project, 'web');
  await watch.waits();
  expect((await linesOf(project, 'story')).length).toBeGreaterThan(1);
  expect((await watch.end()).exit).toBe(130);
});

test('a service that ends by itself is told, and started again with the next change', async () => {
  await using project = await projectWith(() => "  web: { inputs: [conf], service: { run: 'web' } }\n", { conf: '' });
  const web = await project.driven('web');
  const watch = startWatch(project, 'web');
  const first = await web.started();
  await watch.waits();
  first.exit(7);
  await watch.says('✖ web failed after');
  await watch.says('ended by itself: exit code 7');
  await project.write('conf', 'new');
  await web.started();
  await watch.waits();
  expect((await watch.end()).exit).toBe(130);
});

test('a service that was asked for may end by itself in a watch too, but not while a later run needs it', async () => {
  await using project = await projectWith(
    () => `  web: { service: { run: web } }
  test: { needs: [web], inputs: [spec], run: test1 }
  dev: { needs: [web, test] }
`,
    { spec: '' },
  );
  const [web, test1] = await Promise.all([project.driven('web'), project.driven('test1')]);
  const watch = startWatch(project, 'dev');
  const service = await web.started();
  (await test1.started()).exit(0);
  await watch.waits();
  await project.write('spec', 'new');
  const later = await test1.started();
  service.exit(0);
  await later.isGone;
  await watch.waits();
  await project.write('spec', 'newer');
  const next = await web.started();
  (await test1.started()).exit(0);
  await watch.waits();
  next.exit(0);
  await watch.says('✔ web');
  const { stdout } = await watch.end();
  expect(stdout).toContain('✖ web failed after <time>: ended by itself: exit code 0\n');
  expect(stdout).toContain('– test stopped: another task failed\n');
});

test('a service that ends by itself ends what needs it through a task that is done, and is started again with that', async () => {
  await using project = await projectWith(
    () => `  db: { service: { run: db } }
  seed: { needs: [db], inputs: [seeds], run: echo seed }
  test: { needs: [seed], inputs: [spec], run: test1 }
`,
    { spec: '', seeds: '' },
  );
  const [db, test1] = await Promise.all([project.driven('db'), project.driven('test1')]);
  const watch = startWatch(project, 'test');
  const service = await db.started();
  (await test1.started()).exit(0);
  await watch.waits();
  await project.write('spec', 'new');
  const later = await test1.started();
  service.exit(7);
  await later.isGone;
  await watch.waits();
  await project.write('spec', 'newer');
  await db.started();
  (await test1.started()).exit(0);
  await watch.waits();
  const { stdout } = await watch.end();
  expect(stdout).toContain('– test stopped: another task failed\nfailed: `db` (exit code 7)');
  expect(stdout.match(/^✔ (seed|test)/gm)).toEqual(['✔ seed', '✔ test', '✔ test']);
});

test('a service that was asked for may not end by itself while a task needs it that `--fix` has run before', async () => {
  await using project = await projectWith(
    () => `  db: { service: { run: db } }
  seed: { needs: [db], watch: [], run: seed && touch seeded }
  app: { requires: [seeded], inputs: [src], run: echo app }
checks: { seeded: { id: SE001, script: seeded.ts } }
`,
    {
      'seeded.ts': `export const checks = [{ id: 'SE001', name: 'seeded', question: 'are there seeds?', group: 'x', run: async (probe) =>
  ({ outcome: await probe.exists('seeded') ? 'pass' : 'fail', summary: 'seeds', fixes: [{ about: 'sow', task: 'seed' }] }) }];
`,
    },
  );
  const [db, seed] = await Promise.all([project.driven('db'), project.driven('seed')]);
  const watch = startWatch(project, 'app seed db --fix');
  await db.started();
  (await seed.started()).exit(0);
  const service = await db.started();
  const again = await seed.started();
  service.exit(0);
  await again.isGone;
  await watch.waits();
  expect((await watch.end()).stdout).toContain('✖ db failed after <time>: ended by itself: exit code 0\n');
});

test('a service that ends by itself in a run before its turn has come is started in that run', async () => {
  await using project = await projectWith(
    () => `  slow: { inputs: [src], run: slow }
  web: { service: { run: web } }
  dev: { needs: [slow, web] }
`,
    { src: '' },
  );
  const [web, slow] = await Promise.all([project.driven('web'), project.driven('slow')]);
  const watch = startWatch(project, 'dev --jobs=1');
  (await slow.started()).exit(0);
  const first = await web.started();
  await watch.waits();
  await project.write('src', 'new');
  const later = await slow.started();
  first.exit(7);
  await watch.says('✖ web failed');
  later.exit(0);
  await web.started();
  await watch.waits();
  expect((await watch.end()).exit).toBe(130);
});

test('memory does not grow over many runs beside a service', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `t${index}`);
  await using project = await projectWith(
    () => `  web: { service: { run: 'echo up; exec sleep 1000', ready: { log: up } } }
${names.map((name) => `  ${name}: { needs: [web], inputs: [${name === 't0' ? 'spec' : 'none'}], run: ':' }\n`).join('')}  all: { needs: [${names}] }
`,
    {
      spec: '',
      'heap.cjs':
        "process.on('SIGUSR2', () => { gc(); gc(); console.error(`heap ${process.memoryUsage().heapUsed}`); });\n",
    },
  );
  const running = project.start('all --watch --jobs=4', {
    env: { NODE_OPTIONS: `--expose-gc --require=${project.path('heap.cjs')}` },
  });
  for (let run = 1; run <= 80; run++) {
    await running.says('waiting for a change', run);
    if (run % 40 === 0) running.child.kill('SIGUSR2');
    if (run % 40 === 0) await running.says('heap', run / 40);
    await project.write('spec', `${run}`);
  }
  running.child.kill('SIGINT');
  const { stderr } = await running.result;
  const [early = 0, late = 0] = [...stderr.matchAll(/heap (\d+)/g)].map(([, bytes]) => Number(bytes));
  expect((late - early) >> 10, 'KiB').toBeLessThan(600);
});

test('each of many quick edits beside a service runs', async () => {
  await using project = await projectWith(
    () => `  web: { service: { run: 'echo up; exec sleep 1000', ready: { log: up } } }
  test: { needs: [web], inputs: [spec], run: 'cat spec >> story' }
`,
    { spec: '0' },
  );
  const watch = startWatch(project, 'test');
  for (const text of ['1', '2', '3', '4', '5', '6', '7']) {
    await watch.waits();
    await project.write('spec', text);
  }
  await watch.waits();
  expect((await project.read('story')).replaceAll('\n', '')).toBe('01234567');
  await watch.end();
});

test('a service that writes what it reads is not restarted for ever', async () => {
  await using project = await projectWith(
    () =>
      "  web: { inputs: [data/**], service: { run: 'date +%s%N > data/log; echo run >> story; exec sleep 1000' } }\n",
    { 'data/x': '' },
  );
  const watch = startWatch(project, 'web');
  await watch.says('note: `data/log` changes whenever its task runs');
  expect((await linesOf(project, 'story')).length).toBeLessThanOrEqual(13);
  await watch.end();
});

test('a config without the service ends it', async () => {
  await using project = await projectWith(stack, stackFiles);
  const watch = startWatch(project, 'test');
  await watch.waits();
  await project.write('tasks.config.yaml', 'version: 1\ntasks:\n  test: { inputs: [spec], run: echo alone }\n');
  await watch.says('alone');
  await watch.waits();
  expect((await linesOf(project, 'story')).slice(-2)).toEqual(['web stops', 'db stops']);
  await watch.end();
});

test('a runner that is killed leaves no service of its watch', async () => {
  await using project = await projectWith(stack, stackFiles);
  const watch = startWatch(project, 'test');
  await watch.waits();
  const { stdout } = await new Promise<{ stdout: string }>((settle) => {
    void watch.says(' listens').then(() => {
      process.kill(watch.pid, 'SIGKILL');
    });
    void watch.result.then(settle);
  });
  const pids = [...stdout.matchAll(/(\d+) listens/g)].map(([, pid]) => Number(pid));
  expect(pids).toHaveLength(2);
  await expect.poll(() => pids.filter(isRunning), { timeout: 20_000 }).toEqual([]);
});

test('every line of `--output=json` is what the published schema says, and the last one tells the end', async () => {
  await using project = await projectWith(stack, stackFiles);
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../tasks/runner/events.schema.json'), 'utf8'));
  const isValid = new Ajv({ strict: false }).compile(schema);
  const watch = startWatch(project, 'test --output=json');
  await watch.says('"watch-waiting"');
  await project.write('web.conf', 'new');
  await watch.says('"watch-waiting"', 2);
  await project.write('tasks.config.yaml', '[]\n');
  await watch.says('"config-refused"');
  const { stdout } = await watch.end();
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line.replaceAll('"<time>"', '1')) as { type: string });
  for (const event of events)
    expect(isValid(event), `${JSON.stringify(event)} ${JSON.stringify(isValid.errors)}`).toBe(true);
  const types = events.map(({ type }) => type);
  for (const type of ['watch-changed', 'service-stopped', 'config-refused', 'watch-waiting'])
    expect(types).toContain(type);
  expect(types.filter((type) => type === 'run-started')).toHaveLength(2);
  expect(events.at(-1)).toMatchObject({ type: 'run-finished', exit: 130, reason: 'interrupted' });
});

test.each(['prefixed', 'github', 'plain --quiet'])('a watch is shown with `--output=%s`', async (output) => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  build: { inputs: [src], run: 'echo built; cp src story' }\n",
    src: 'one',
  });
  const watch = startWatch(project, `build --output=${output}`);
  const isQuiet = output.includes('quiet');
  if (isQuiet) await watch.says('built');
  else await watch.waits();
  await project.write('src', 'two');
  await watch.says('built', 2);
  if (!isQuiet) await watch.waits();
  const { exit, stdout } = await watch.end();
  expect(exit).toBe(130);
  expect(stdout.includes('waiting for a change')).toBe(!isQuiet);
});

test('on a terminal each run is a list, and Ctrl-C leaves the terminal as it was', async () => {
  await using project = await createProject({
    'tasks.config.yaml': "version: 1\ntasks:\n  build: { inputs: [src], run: 'cat src' }\n  all: { needs: [build] }\n",
    src: 'one',
  });
  const terminal = openTerminal(project, 'all --watch', { rows: 40 });
  await terminal.shows('waiting for a change; Ctrl-C ends the watch');
  await project.write('src', 'two');
  await terminal.shows('changed: src');
  await expect.poll(() => terminal.screen().split('waiting for a change').length, { timeout: 20_000 }).toBe(3);
  terminal.type('\u0003');
  expect(await terminal.exit).toBe(130);
  expect(terminal.screen()).toContain('changed: src\n✔ build <time>\n✔ all <time>\nok: 2 done, <time>\nwaiting');
  expect(terminal.cursorIsVisible()).toBe(true);
  expect(terminal.state()).toEqual({ echo: true, canonical: true, signals: true });
});

test.each(['', ' --output=list'])(
  'services on a terminal%s: they go on, and Ctrl-C ends them in order',
  async (flag) => {
    await using project = await projectWith(stack, stackFiles);
    const terminal = openTerminal(project, `test --watch${flag}`, { rows: 40 });
    await terminal.shows('waiting for a change; Ctrl-C ends the watch');
    await project.write('spec', 'new');
    await expect.poll(() => terminal.screen().split('waiting for a change').length, { timeout: 20_000 }).toBe(3);
    terminal.type('\u0003');
    expect(await terminal.exit).toBe(130);
    expect(await linesOf(project, 'story')).toEqual([
      'db listens',
      'web listens',
      'test',
      'test',
      'web stops',
      'db stops',
    ]);
  },
);

test('Ctrl-C while a task runs ends it, then the services', async () => {
  await using project = await projectWith(
    (port) => `  web: { service: { run: 'exec node server.cjs web ${port}', ready: { tcp: ${port} } } }
  test: { needs: [web], inputs: [spec], run: slow, finally: 'echo last >> story' }
`,
    { spec: '' },
  );
  const slow = await project.driven('slow');
  const watch = startWatch(project, 'test');
  (await slow.started()).exit(0);
  await watch.waits();
  await project.write('spec', 'new');
  const second = await slow.started();
  const ended = watch.end();
  await second.isGone;
  expect((await ended).exit).toBe(130);
  expect(await linesOf(project, 'story')).toEqual(['web listens', 'last', 'last', 'web stops']);
});

test('a second signal kills a service that does not want to end', async () => {
  await using project = await projectWith(
    () => '  deaf: { service: { run: \'trap "" TERM; echo deaf; while :; do sleep 0.1; done\' } }\n',
  );
  const watch = startWatch(project, 'deaf');
  await watch.waits();
  void watch.end();
  await watch.says('SIGINT: stopping; once more kills at once');
  await apart();
  expect((await watch.end()).exit).toBe(130);
});

test('a program that calls `run` ends a watch with its signal', async () => {
  await using project = await createProject({
    'tasks.config.yaml': 'version: 1\ntasks:\n  build: { inputs: [src], run: cat src }\n',
    src: 'one\n',
  });
  const stop = new AbortController();
  const lines: unknown[] = [];
  const { exit } = await run(['build', '--watch'], {
    cwd: project.folder,
    env: project.env(),
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'task-output') lines.push(event.line);
      if (event.type !== 'watch-waiting') return;
      if (lines.length === 2) stop.abort();
      else void project.write('src', 'two\n');
    },
  });
  expect({ exit, lines }).toEqual({ exit: 130, lines: ['one', 'two'] });
});

test('`--output=github` shows what a service says, also after the first run of a watch', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  web: { service: { run: 'while sleep 0.1; do [ -e say ] && cat say && rm say; done' } }
  use: { needs: [web], inputs: [in.txt], run: echo used }
`,
    'in.txt': '1',
  });
  const running = project.start('use --watch --output=github');
  await running.says('waiting for a change');
  const say = async (text: string) => {
    await project.write('part', text);
    await rename(project.path('part'), project.path('say'));
  };
  await say('hello between\n');
  await running.says('hello between');
  await project.write('in.txt', '2');
  await running.says('waiting for a change', 2);
  await say('hello later\n');
  await running.says('hello later');
  running.child.kill('SIGTERM');
  expect((await running.result).exit).toBe(143);
});
