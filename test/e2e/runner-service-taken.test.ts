/** Services whose place is taken: nobody else is taken for them, and what is about to end is waited for. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { expect, test } from 'vitest';
import { freePort } from '../helpers/port.ts';
import { createProject, type Project } from '../helpers/project.ts';
import { linesOf, startWatch } from '../helpers/watching.ts';

/** A server that goes on to listen for a while when it is asked to end. */
const slow = `
const { appendFileSync } = require('node:fs');
const [name, port] = process.argv.slice(2);
const say = (text) => appendFileSync('story', name + ' ' + text + '\\n');
const http = require('node:http').createServer((_, response) => response.end());
process.on('SIGTERM', () => setTimeout(() => { say('ends'); process.exit(0); }, 700));
http.listen(Number(port), '127.0.0.1', () => say('listens'));
`;

async function projectWith(tasks: (port: number) => string): Promise<Project & { readonly port: number }> {
  const port = await freePort();
  const files = { 'tasks.config.yaml': `version: 1\ntasks:\n${tasks(port)}`, 'slow.cjs': slow };
  return Object.assign(await createProject(files), { port });
}

/** A server of somebody else, here of the test itself. */
async function occupy(port: number, answer: () => number): Promise<Server & Disposable> {
  const server = createServer((_, response) => {
    response.statusCode = answer();
    response.end();
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(server, { [Symbol.dispose]: () => void server.close() });
}

test.each([
  ['tcp', (port: number) => `${port}`, (port: number) => `port ${port}`],
  ['tcp', (port: number) => `localhost:${port}`, (port: number) => `\`localhost:${port}\``],
  ['http', (port: number) => `'http://127.0.0.1:${port}/'`, (port: number) => `\`http://127.0.0.1:${port}/\``],
])('a service is not started where somebody else gives its sign, `%s`', async (kind, sign, told) => {
  await using project = await projectWith(
    (port) => `  web: { service: { run: touch started, ready: { ${kind}: ${sign(port)} } } }
  test: { needs: [web], run: touch tested }
`,
  );
  using _ = await occupy(project.port, () => 200);
  const { exit, stdout } = await project.run('test');
  expect({ exit, stdout }).toEqual({
    exit: 1,
    stdout: `▸ web
✖ web failed after <time>: \`node\` (pid ${process.pid}) answers at ${told(project.port)} already, and would be mistaken for the service
  command: touch started
  remedy: end it (\`kill ${process.pid}\`), or give the service another port
– test not started: \`web\` failed
failed: \`web\` (exit code 1); 0 done, 1 not started, <time>
`,
  });
  await expect(project.read('started')).rejects.toThrow('ENOENT');
});

test('what answers at a URL, but with another status than the service, is no obstacle: it may stand before it', async () => {
  await using project = await projectWith(
    (port) => `  web: { service: { run: 'touch up; exec sleep 1000', ready: { http: 'http://127.0.0.1:${port}/' } } }
  test: { needs: [web], run: echo test }
`,
  );
  let isAsked = false;
  using _ = await occupy(project.port, () => {
    const status = isAsked ? 200 : 502;
    isAsked = true;
    return status;
  });
  expect(await project.run('test')).toMatchObject({ exit: 0, stdout: expect.stringContaining('test | test\n') });
});

test('what a command says of readiness may be so before', async () => {
  await using project = await projectWith(
    () => `  web: { service: { run: exec sleep 1000, ready: { command: 'true' } } }
  test: { needs: [web], run: echo test }
`,
  );
  expect((await project.run('test')).exit).toBe(0);
});

test('of two services with one port that start together, the second says so', async () => {
  await using project = await projectWith(
    (port) => `  one: { service: { run: exec node slow.cjs one ${port}, ready: { http: 'http://127.0.0.1:${port}/' } } }
  two: { service: { run: exec node slow.cjs two ${port}, ready: { tcp: ${port} } } }
  test: { needs: [one, two], run: touch tested }
`,
  );
  const { exit, stdout } = await project.run('test --jobs=2');
  expect(exit).toBe(1);
  expect(stdout).toContain(
    `✖ two failed after <time>: port ${project.port} is where the service \`one\` answers, which would be mistaken for this one\n`,
  );
  expect(stdout).toContain('  remedy: give one of them another port\n');
  await expect(project.read('tested')).rejects.toThrow('ENOENT');
});

test('in a watch a service is started again once its old process, or a child of that, has freed the port', async () => {
  await using project = await projectWith(
    (port) =>
      `  web: { inputs: [conf], service: { run: 'node slow.cjs web ${port} & echo up; wait', ready: { tcp: ${port} } } }\n`,
  );
  await project.write('conf', 'one');
  const watch = startWatch(project, 'web');
  await watch.waits();
  await project.write('conf', 'two');
  await watch.waits();
  expect((await watch.end()).stdout).not.toContain('failed');
  expect(await linesOf(project, 'story')).toEqual(['web listens', 'web ends', 'web listens', 'web ends']);
});
