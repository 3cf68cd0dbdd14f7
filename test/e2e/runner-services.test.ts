/** Services: started for the tasks that need them, waited for until ready, stopped in reverse order. */
import { expect, test } from 'vitest';
import { apart } from '../helpers/apart.ts';
import { freePort } from '../helpers/port.ts';
import { createProject, type Project } from '../helpers/project.ts';
import { openTerminal } from '../helpers/terminal.ts';

/** A server that says when it starts and when it is asked to end. Its answer is 503 until the file `open` exists. */
const server = `
const { appendFileSync, existsSync } = require('node:fs');
const [name, port] = process.argv.slice(2);
const say = (text) => { appendFileSync('story', name + ' ' + text + '\\n'); console.log(name + ' ' + text); };
const http = require('node:http').createServer((_, response) => {
  response.statusCode = existsSync('closed') ? 503 : 200;
  response.end();
});
process.on('SIGTERM', () => { say('stops'); process.exit(0); });
http.listen(Number(port), '127.0.0.1', () => say('listens'));
`;

async function projectWith(tasks: (port: number) => string): Promise<Project & { readonly port: number }> {
  const port = await freePort();
  const project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n${tasks(port)}`,
    'server.cjs': server,
  });
  return Object.assign(project, { port });
}

test('a service runs until the last task that needs it has ended, and those tasks start when it is ready', async () => {
  await using project = await projectWith(
    (port) => `  web:
    params: { port: { type: int, default: ${port} } }
    service: { run: 'exec node server.cjs web \${port}', ready: { http: 'http://127.0.0.1:\${port}/' } }
  seed: { needs: [web], run: 'echo seed; echo seed >> story' }
  test: { needs: [seed], run: 'echo test; echo test >> story' }
  late: { needs: [test], run: 'echo late >> story' }
`,
  );
  const { exit, stdout } = await project.run('test');
  expect({ exit, stdout }).toEqual({
    exit: 0,
    stdout: `▸ web
web listens
● web is ready <time>
▸ seed
seed | seed
✔ seed <time>
▸ test
test | test
✔ test <time>
web stops
✔ web <time>
ok: 3 done, <time>
`,
  });
  expect(await project.read('story')).toBe('web listens\nseed\ntest\nweb stops\n');
});

test('services are stopped in reverse order: first the one that needs the other', async () => {
  await using project = await projectWith(
    (port) => `  db: { service: { run: 'exec node server.cjs db ${port}', ready: { tcp: ${port} } } }
  api: { needs: [db], service: { run: 'exec node server.cjs api 0', ready: { log: '^api lis+' } } }
  test: { needs: [api], run: 'echo test >> story; exit 3', finally: 'echo last >> story' }
`,
  );
  expect((await project.run('test --jobs=1')).exit).toBe(3);
  expect(await project.read('story')).toBe('db listens\napi listens\ntest\nlast\napi stops\ndb stops\n');
});

test.each(['1.0', '1.1'])(
  'a server of HTTP/%s that serves one connection after the other is free once it is ready',
  async (version) => {
    await using project = await projectWith(
      (port) => `  web:
    service: { run: exec node one-by-one.cjs ${port} ${version}, ready: { http: 'http://127.0.0.1:${port}/' } }
  test: { needs: [web], run: node ask.cjs ${port} }
`,
    );
    await project.write('one-by-one.cjs', serverOfOneByOne);
    await project.write(
      'ask.cjs',
      "require('node:http').get({ host: '127.0.0.1', port: process.argv[2], agent: false });",
    );
    expect((await project.run('test')).exit).toBe(0);
    expect(await project.read('story')).toBe('connected\nlast question\nconnected\nlast question\n');
  },
);

/** Who asks it by HTTP/1.1 says whether that is the last question of the connection. */
const serverOfOneByOne = `
const { appendFileSync } = require('node:fs');
const [port, version] = process.argv.slice(2);
const waiting = [];
let served;
const serveNext = () => {
  served = waiting.shift();
  served?.on('close', serveNext).on('error', () => {}).on('data', (head) => {
    const isLast = version === '1.0' || /^connection: close/im.test(head);
    appendFileSync('story', isLast ? 'last question\\n' : 'question\\n');
    served.write('HTTP/' + version + ' 200 OK\\r\\n' + (isLast ? '' : 'Content-Length: 4\\r\\n') + '\\r\\nwell');
    if (isLast) served.end();
  });
};
require('node:net').createServer((socket) => {
  appendFileSync('story', 'connected\\n');
  waiting.push(socket);
  if (served === undefined) serveNext();
}).listen(Number(port), '127.0.0.1');
`;

test('a command tells that a service is ready', async () => {
  await using project = await projectWith(
    () => `  slow: { service: { run: 'sleep 0.3; touch up; exec sleep 1000', ready: { command: test -e up } } }
  test: { needs: [slow], run: ls up }
`,
  );
  expect((await project.run('test')).stdout).toBe(
    '▸ slow\n● slow is ready <time>\n▸ test\ntest | up\n✔ test <time>\n✔ slow <time>\nok: 2 done, <time>\n',
  );
});

test('a sign is found in whatever colours it is printed', async () => {
  await using project = await projectWith(
    () => `  up: { service: { run: 'printf "on \\\\033[33m8080\\\\033[0m now\\\\n"; exec sleep 1000', ready: { log: 'on 8080 now$' } } }
  test: { needs: [up], run: echo test }
`,
  );
  expect(await project.run('test')).toMatchObject({ exit: 0, stdout: expect.stringContaining('● up is ready') });
});

test("a container's health check tells that a service is ready", async () => {
  await using project = await projectWith(
    () => `  box: { service: { run: 'echo started; exec sleep 1000', ready: { health: box-1 } } }
  test: { needs: [box], run: echo test }
`,
  );
  await project.program(
    'docker',
    `case "$*" in
      info*) echo '{"ServerVersion":"28.0.0"}' ;;
      inspect*box-1) if [ -e seen ]; then echo healthy; else touch seen; echo starting; fi ;;
    esac`,
  );
  const { exit, stdout } = await project.run('test --engine=docker');
  expect({ exit, stdout }).toEqual({
    exit: 0,
    stdout:
      '▸ box\nstarted\n● box is ready <time>\n▸ test\ntest | test\n✔ test <time>\n✔ box <time>\nok: 2 done, <time>\n',
  });
});

test('a service that is not ready in time says what was missing, and its last lines', async () => {
  await using project = await projectWith(
    (
      port,
    ) => `  web: { service: { run: 'exec node server.cjs web ${port}', ready: { http: 'http://127.0.0.1:${port}/', within: 2s } } }
  test: { needs: [web], run: echo never }
`,
  );
  await project.write('closed', '');
  const { exit, stdout } = await project.run('test --output=json');
  expect(exit).toBe(1);
  const events = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { type: string }]));
  expect(events.filter(({ type }) => type === 'task-finished')).toMatchObject([
    {
      task: 'web',
      end: {
        failure: {
          message: `not ready within <time>: http://127.0.0.1:${project.port}/ answers with 503`,
          lastLines: expect.arrayContaining(['web listens']),
        },
      },
    },
    { task: 'test', end: { state: 'not-started', reason: '`web` failed' } },
  ]);
  expect(await project.read('story')).toBe('web listens\nweb stops\n');
});

test('a server that takes connections and never answers is not told as one that takes none', async () => {
  await using project = await projectWith(
    (
      port,
    ) => `  web: { service: { run: 'exec node mute.cjs ${port}', ready: { http: 'http://127.0.0.1:${port}/', within: 2s } } }
`,
  );
  // The first look finds nobody, and the second one lasts until the time is over.
  await project.write(
    'mute.cjs',
    'setTimeout(() => require("node:net").createServer(() => {}).listen(Number(process.argv[2]), "127.0.0.1"), 200);\n',
  );
  const { exit, stdout } = await project.run('web');
  expect(exit).toBe(1);
  expect(stdout).toContain(
    `✖ web failed after <time>: not ready within <time>: http://127.0.0.1:${project.port}/ does not answer: it takes the connection, and then says nothing\n`,
  );
});

test('a service that ends before it is ready fails with its own code', async () => {
  await using project = await projectWith(
    () =>
      "  web: { service: { run: 'echo no port; exit 5', ready: { tcp: 1 } } }\n  test: { needs: [web], run: echo never }\n",
  );
  const { exit, stdout } = await project.run('test');
  expect(exit).toBe(5);
  expect(stdout).toBe(`▸ web
no port
✖ web failed after <time>: ended before it was ready: exit code 5
  command: echo no port; exit 5
– test not started: \`web\` failed
failed: \`web\` (exit code 5); 0 done, 1 not started, <time>
`);
});

test('when a service ends by itself, the tasks that need it are stopped', async () => {
  await using project = await projectWith(
    () => '  web: { service: { run: web } }\n  test: { needs: [web], run: test1 }\n',
  );
  const [web, test1] = await Promise.all([project.driven('web'), project.driven('test1')]);
  const running = project.start('test');
  const service = await web.started();
  const user = await test1.started();
  service.exit(7);
  await user.isGone;
  const { exit, stdout } = await running.result;
  expect(exit).toBe(7);
  expect(stdout).toContain('✖ web failed after <time>: ended by itself: exit code 7\n');
  expect(stdout).toContain('– test stopped: another task failed\n');
});

test('a service does not take a job once it is ready, so that `--jobs=1` is no deadlock', async () => {
  await using project = await projectWith(
    () =>
      '  a: { service: { run: exec sleep 1000 } }\n  b: { service: { run: exec sleep 1000 } }\n  test: { needs: [a, b], run: echo test }\n',
  );
  expect((await project.run('test --jobs=1')).exit).toBe(0);
});

test.each(['dev', 'web', 'first web'])('a service that `%s` asks for goes on until Ctrl-C', async (words) => {
  await using project = await projectWith(
    (port) => `  first: { run: echo first }
  dev: { needs: [first, web] }
  web: { service: { run: 'exec node server.cjs web ${port}', ready: { tcp: ${port} } }, finally: echo last }
`,
  );
  const running = project.start(words);
  await running.says('● web is ready');
  running.child.kill('SIGINT');
  const { exit, stdout } = await running.result;
  expect(exit).toBe(130);
  expect(stdout).toContain('web stops\nlast\n✔ web <time>\ninterrupted: ');
});

test.each(['api db', 'db api', 'dev db'])('services that `%s` asks for all go on until Ctrl-C', async (words) => {
  await using project = await projectWith(
    (port) => `  db: { service: { run: 'exec node server.cjs db 0', ready: { log: listens } } }
  api: { needs: [db], service: { run: 'exec node server.cjs api ${port}', ready: { tcp: ${port} } } }
  dev: { needs: [api] }
`,
  );
  const running = project.start(words);
  await running.says('● api is ready');
  await apart();
  expect(await project.read('story')).toBe('db listens\napi listens\n');
  running.child.kill('SIGINT');
  expect((await running.result).exit).toBe(130);
  expect(await project.read('story')).toBe('db listens\napi listens\napi stops\ndb stops\n');
});

test('a service before the last word is stopped with the last task', async () => {
  await using project = await projectWith(
    (port) => `  web: { service: { run: 'exec node server.cjs web ${port}', ready: { tcp: ${port} } } }
  test: { run: 'echo test >> story' }
`,
  );
  expect((await project.run('web test')).exit).toBe(0);
  expect(await project.read('story')).toBe('web listens\ntest\nweb stops\n');
});

test('a service before the last word that needs all later ones starts after them, and is stopped once it is ready', async () => {
  await using project = await projectWith(
    (port) => `  api: { needs: [build], service: { run: 'exec node server.cjs api ${port}', ready: { tcp: ${port} } } }
  build: { run: 'echo build >> story' }
`,
  );
  expect((await project.run('api build')).exit).toBe(0);
  expect(await project.read('story')).toBe('build\napi listens\napi stops\n');
});

test('Ctrl-C ends the tasks first and then, in reverse order, their services', async () => {
  await using project = await projectWith(
    (port) => `  db: { service: { run: 'exec node server.cjs db ${port}', ready: { tcp: ${port} } } }
  api: { needs: [db], service: { run: 'exec node server.cjs api 0', ready: { log: listens } } }
  test: { needs: [api], run: test1, finally: 'echo last >> story' }
`,
  );
  const test1 = await project.driven('test1');
  const running = project.start('test');
  await test1.started();
  running.child.kill('SIGINT');
  expect((await running.result).exit).toBe(130);
  expect(await project.read('story')).toBe('db listens\napi listens\nlast\napi stops\ndb stops\n');
});

test('a service that Ctrl-C ends while it starts was interrupted', async () => {
  await using project = await projectWith(
    () => '  web: { service: { run: web, ready: { log: never } } }\n  test: { needs: [web], run: echo never }\n',
  );
  const web = await project.driven('web');
  const running = project.start('test');
  await web.started();
  running.child.kill('SIGINT');
  const { exit, stdout } = await running.result;
  expect(exit).toBe(130);
  expect(stdout).toContain('– test not started: interrupted\n– web stopped: interrupted\n');
});

test('a service is never started by two runs at one time', async () => {
  await using project = await projectWith(
    () => '  web: { service: { run: web } }\n  a: { needs: [web], run: a }\n  b: { needs: [web], run: b }\n',
  );
  const [web, a, b] = await Promise.all([project.driven('web'), project.driven('a'), project.driven('b')]);
  const first = project.start('a');
  await web.started();
  const one = await a.started();
  const second = project.start('b');
  await second.says(`note: \`web\` waits for the run with pid ${first.pid}, which runs \`web\``);
  expect(web.startCount()).toBe(1);
  one.exit(0);
  // While that runs, the service is not stopped before it has told of its start.
  const two = await b.started();
  await web.started();
  two.exit(0);
  expect((await first.result).exit).toBe(0);
  expect((await second.result).exit).toBe(0);
});

test('mistakes in a service are pointed at', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  a: { service: { run: a, ready: { tcp: here } }, run: b }
  b: { service: { run: a, ready: { within: 5s } }, timeout: 5s }
  c: { service: { run: 'a \${prt}', ready: { log: '(', http: ftp } }, interactive: true }
  d: { service: { run: a }, container: image }
`,
  });
  const { exit, stderr } = await project.run('--list');
  expect(exit).toBe(3);
  expect(stderr).toMatchInlineSnapshot(`
    "error: \`here\` is not a port, such as \`8080\` or \`127.0.0.1:8080\`
      --> tasks.config.yaml:3:41
       |   a: { service: { run: a, ready: { tcp: here } }, run: b }
       |                                         ^^^^
    error: task \`a\` has both \`run\` and \`service\`
      --> tasks.config.yaml:3:51
       |   a: { service: { run: a, ready: { tcp: here } }, run: b }
       |                                                   ^^^
    hint: keep one of them
    error: \`ready\` of task \`b\` names no sign
      --> tasks.config.yaml:4:27
       |   b: { service: { run: a, ready: { within: 5s } }, timeout: 5s }
       |                           ^^^^^
    hint: add one of \`http\`, \`tcp\`, \`log\`, \`command\`, \`health\`
    error: task \`b\` is a service, which ends when nobody needs it
      --> tasks.config.yaml:4:52
       |   b: { service: { run: a, ready: { within: 5s } }, timeout: 5s }
       |                                                    ^^^^^^^
    hint: write \`within\` in its \`ready\`
    error: unknown name \`prt\` in \`\${prt}\`
      --> tasks.config.yaml:5:27
       |   c: { service: { run: 'a \${prt}', ready: { log: '(', http: ftp } }, interactive: true }
       |                           ^^^^^^
    hint: names are those of \`vars\` and \`params\`; for a variable of the shell, write \`$prt\` or \`$\${prt}\`
    error: \`(\` cannot be read: Invalid regular expression: /(/: Unterminated group
      --> tasks.config.yaml:5:50
       |   c: { service: { run: 'a \${prt}', ready: { log: '(', http: ftp } }, interactive: true }
       |                                                  ^^^
    error: \`ftp\` is not a URL, such as \`http://127.0.0.1:8080/health\`
      --> tasks.config.yaml:5:61
       |   c: { service: { run: 'a \${prt}', ready: { log: '(', http: ftp } }, interactive: true }
       |                                                             ^^^
    error: task \`c\` is a service, which has no terminal
      --> tasks.config.yaml:5:70
       |   c: { service: { run: 'a \${prt}', ready: { log: '(', http: ftp } }, interactive: true }
       |                                                                      ^^^^^^^^^^^
    hint: leave one of them out
    error: task \`d\` is a service, which runs on this machine
      --> tasks.config.yaml:6:29
       |   d: { service: { run: a }, container: image }
       |                             ^^^^^^^^^
    hint: start the container in the \`run\` of its \`service\`
    "
  `);
});

test('a dry run says what starts and when it is ready, and starts nothing', async () => {
  await using project = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  web: { service: { run: node web.js, ready: { http: 'http://127.0.0.1:1/', log: ready } } }\n  test: { needs: [web], run: echo }\n",
  });
  expect((await project.run('test --dry-run')).stdout).toMatchInlineSnapshot(`
    "1. web runs on this machine
         service $ node web.js
         ready when http://127.0.0.1:1/ answers
         ready when a line of its output matches ready
    2. test runs on this machine
         after \`web\`
         $ echo
    "
  `);
});

test('a port that cannot be one is refused before anything starts, in the config and as a param', async () => {
  const at = (port: string) =>
    `version: 1\ntasks:\n  web:\n    params: { port: { type: int, default: 8080 } }\n    service: { run: touch ran, ready: { tcp: ${port} } }\n`;
  await using project = await createProject({ 'tasks.config.yaml': at('99999') });
  const inConfig = await project.run('web');
  expect({ exit: inConfig.exit, stderr: inConfig.stderr.split('\n').slice(0, 2) }).toEqual({
    exit: 3,
    stderr: ['error: `99999` is not a port, such as `8080` or `127.0.0.1:8080`', '  --> tasks.config.yaml:5:46'],
  });
  await project.write('tasks.config.yaml', at("'${port}'"));
  for (const port of ['70000', '-1', '0'])
    expect(await project.run(`web --port=${port}`)).toEqual({
      exit: 2,
      stdout: '',
      stderr: `error: task \`web\` would wait for \`${port}\`, which is not a port, such as \`8080\` or \`127.0.0.1:8080\`\n`,
    });
  await expect(project.read('ran')).rejects.toThrow();
});

test('a port that nobody opens is looked for without a warning of leaks', async () => {
  const port = await freePort();
  await using project = await createProject({
    'tasks.config.yaml': `version: 1\ntasks:\n  web: { service: { run: sleep 1000, ready: { tcp: ${port}, within: 2s } } }\n`,
  });
  const { exit, stderr } = await project.run('web');
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
});

test('on a terminal, the last lines of its services stand below the failure of a task', async () => {
  await using project = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  web: { service: { run: 'echo listening; echo cannot answer; sleep 1000', ready: { log: cannot } } }
  other: { run: echo other }
  test: { needs: [web, other], run: 'echo no answer; exit 5' }
`,
  });
  const terminal = openTerminal(project, 'test');
  expect(await terminal.exit).toBe(5);
  expect(terminal.screen()).toContain(
    'last lines:\n    no answer\n  full output: .tasks/logs/test.log\n  last lines of the service `web`:\n    listening\n    cannot answer\n',
  );
});
