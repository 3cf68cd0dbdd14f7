/** The remote cache over Bazel's HTTP protocol: a real nginx with WebDAV, and servers that misbehave. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { encodeResult } from '../../tasks/runner/cache/action-result.ts';
import { type CacheServer, startCacheServer } from '../helpers/cache-server.ts';
import { startNginx } from '../helpers/nginx.ts';
import { createProject, type Project } from '../helpers/project.ts';

const files = (remote = '') => ({
  'tasks.config.yaml': `version: 1
${remote}tasks:
  build: { inputs: [src], outputs: [out], run: 'mkdir -p out; cp src/* out; chmod 755 out/a' }
`,
  'src/a': 'aaa\n',
  'src/b': 'bbb\n',
});

const ran = '▸ build\n✔ build <time>\n';
const restored = '▸ build\n✔ build <time> from the remote cache\n';
const build = async (here: Project, env: Record<string, string> = {}) => (await here.run('build', { env })).stdout;

test('what one checkout has written another one restores, from nginx with WebDAV', async () => {
  await using nginx = await startNginx();
  await using one = await createProject(files(`cache: { remote: { url: '${nginx.url}/team', mode: read-write } }\n`));
  await using two = await createProject(files(`cache: { remote: { url: '${nginx.url}/team' } }\n`));
  expect(await build(one)).toBe(ran);
  const entries = await nginx.files();
  expect(entries.map((name) => name.replace(/[0-9a-f]{64}/, '<sha256>'))).toEqual([
    'team/ac/<sha256>',
    'team/cas/<sha256>',
    'team/cas/<sha256>',
  ]);
  expect(await build(two)).toBe(restored);
  expect(await two.read('out/a')).toBe('aaa\n');
  await rm(two.path('out/a'));
  expect(await build(two)).toBe('▸ build\n✔ build <time> from the cache\n');
  await two.write('src/a', 'new\n');
  expect(await build(two)).toBe(ran);
  expect(await nginx.files()).toEqual(entries);
});

test('what is private comes private from another checkout, also into the store', async () => {
  await using server = await startCacheServer();
  const project = () =>
    createProject({
      'tasks.config.yaml': `version: 1
tasks:
  build: { inputs: [], outputs: [out], run: sh make.sh }
`,
      'make.sh':
        'mkdir out; echo > out/public; (umask 077; echo key > out/key); (umask 027; echo team > out/team); echo l > out/locked; chmod 400 out/locked\n',
    });
  const env = { TASKS_CACHE_URL: server.url, TASKS_CACHE: 'read-write' };
  await using one = await project();
  await using two = await project();
  await build(one, env);
  expect(await build(two, env)).toBe(restored);
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  expect(await modeOf(two.path('out/key'))).toBe('600');
  expect(await modeOf(two.path('out/team'))).toBe('640');
  const store = two.path('.tasks/cache/store/cas');
  const entries = (await readdir(store, { recursive: true })).map((name) => `${store}/${name}`);
  const contents = entries.filter((path) => /[0-9a-f]{64}$/.test(path));
  expect((await Promise.all(contents.map(modeOf))).sort()).toEqual(['600', '600', '640', '644']);
});

test('a large content, an empty one, and one that nginx has damaged', async () => {
  await using nginx = await startNginx();
  const config = `version: 1
cache: { remote: { url: '${nginx.url}', mode: read-write } }
tasks:
  build: { inputs: [src], outputs: [big, empty], run: 'head -c 20000000 /dev/zero > big; : > empty' }
`;
  await using one = await createProject({ 'tasks.config.yaml': config, 'src/a': '1' });
  await using two = await createProject({ 'tasks.config.yaml': config, 'src/a': '1' });
  await using three = await createProject({ 'tasks.config.yaml': config, 'src/a': '1' });
  expect(await build(one)).toBe(ran);
  expect(await build(two)).toBe(restored);
  expect((await readFile(two.path('big'))).length).toBe(20_000_000);
  const contents = (await nginx.files()).filter((name) => name.startsWith('cas/'));
  for (const name of contents)
    await writeFile(nginx.path(name), Buffer.alloc(name.includes('e3b0c442') ? 0 : 20_000_000, 1));
  expect(await build(three)).toBe(
    `▸ build\nnote: the remote cache ${nginx.url} sent content that does not match its digest, which is not used\n✔ build <time>\n`,
  );
  await rm(two.path('.tasks'), { recursive: true });
  expect(await build(two)).toBe(restored);
});

test('environment variables name the server, the mode and the token, and win over the config', async () => {
  await using server = await startCacheServer();
  await using here = await createProject({
    ...files(),
    'tasks.config.yaml':
      'version: 1\ntasks:\n  build: { inputs: [src], outputs: [out], run: cp -r src out; echo token $TASKS_CACHE_TOKEN }\n',
  });
  const env = { TASKS_CACHE_URL: server.url, TASKS_CACHE_TOKEN: 'very-secret' };
  const { stdout } = await here.run('build --verbose', { env });
  expect(stdout).toMatch(/^token \*\*\*$/m);
  expect(server.asked()).toEqual(['GET /ac']);
  expect(server.headers()[0]?.authorization).toBe('Bearer very-secret');
  await here.write('src/a', 'new\n');
  await build(here, { ...env, TASKS_CACHE: 'read-write' });
  expect([...server.entries.keys()].filter((path) => path.startsWith('/ac/'))).toHaveLength(1);
  const before = server.asked().length;
  await here.write('src/a', 'newer\n');
  await build(here, { ...env, TASKS_CACHE: 'local' });
  expect(server.asked()).toHaveLength(before);
  const mustBegin = 'must begin with `http://` or `https://`';
  for (const [url = '', told = ''] of [
    ['ftp://x', mustBegin],
    ['nowhere', mustBegin],
    ['http://[::', 'cannot be read: a host follows `//`, such as `cache.example.com:8080` or `[::1]:8080`'],
  ]) {
    const refused = await here.run('build', { env: { TASKS_CACHE_URL: url } });
    expect([refused.exit, refused.stderr]).toEqual([
      2,
      `error: the URL of the cache (\`TASKS_CACHE_URL\`, or \`url\` in the config) ${told}\n`,
    ]);
  }
});

test.each([
  ['password', 'me:very%2Dsecret', 'me:***', 'me:very-secret'],
  ['token', 'a-very%2Dsecret-token', '***', 'a-very-secret-token:'],
])('the %s in the URL of the server is sent, and neither shown nor stored', async (_, login, shown, sent) => {
  await using server = await startCacheServer();
  const env = { TASKS_CACHE_URL: server.url.replace('//', `//${login}@`), TASKS_CACHE: 'read-write' };
  await using here = await createProject({
    'tasks.config.yaml':
      "version: 1\ntasks:\n  build: { inputs: [], outputs: [out], run: 'env | grep CACHE_URL; env > out' }\n",
  });
  const { stdout } = await here.run('build', { env });
  expect(stdout).toContain(`CACHE_URL=http://${shown}@`);
  expect(stdout).toContain('note: output `out` of task `build` contains a secret, so the outputs are not cached\n');
  expect(server.headers()[0]?.authorization).toBe(`Basic ${Buffer.from(sent).toString('base64')}`);
  expect([...server.entries.keys()]).toEqual([]);
});

test.each([
  ['answers 503', 'it answered 503', (status: number) => status],
  ['answers 429', 'it answered 429', (status: number) => status],
  ['answers 401', 'it answered 401', (status: number) => status],
])('a server that %s is told once and left out, and the build goes on', async (_what, why) => {
  const status = Number(/\d+$/.exec(why)?.[0]);
  await using server = await startCacheServer((_, response) => {
    response.statusCode = status;
    response.end();
    return true;
  });
  await using here = await createProject({
    'tasks.config.yaml': `version: 1
cache: { remote: { url: '${server.url}', mode: read-write } }
tasks:
  one: { inputs: [], outputs: [one], run: 'echo 1 > one' }
  two: { needs: [one], inputs: [], outputs: [two], run: 'echo 2 > two' }
`,
  });
  const { exit, stdout } = await here.run('two');
  expect(exit).toBe(0);
  expect(stdout.match(/note:.*/g)).toEqual([
    `note: the remote cache ${server.url} is not used for the rest of this run: ${why}`,
  ]);
  expect(server.asked()).toEqual(['GET /ac']);
});

test('a server that is not there, or never answers, costs one time-out and no failure', async () => {
  await using silent = await startCacheServer(() => true);
  const remote = (url: string) => files(`cache: { remote: { url: '${url}', mode: read-write, timeout: 200ms } }\n`);
  await using here = await createProject(remote(silent.url));
  expect(await here.run('build')).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('is not used for the rest of this run'),
  });
  await using plain = await createProject(remote(silent.url.replace('http:', 'https:')));
  expect((await plain.run('build')).stdout).toContain('it does not speak TLS: is `http://` meant?\n');
  await using there = await createProject(remote('http://user:password@127.0.0.1:1'));
  const { exit, stdout } = await there.run('build');
  expect(exit).toBe(0);
  expect(stdout).toContain('note: the remote cache http://127.0.0.1:1 is not used for the rest of this run: ');
  expect(stdout).not.toContain('password');
});

test.each([
  ['a result', 200],
  ['an error', 404],
])('a server that sends %s byte by byte is left out after its time-out', async (_what, status) => {
  await using server = await filled((request, response) => {
    if (request.method !== 'GET' || request.url?.startsWith('/ac/') !== true) return false;
    response.writeHead(status);
    const dripping = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(dripping));
    return true;
  });
  await using here = await createProject(
    files(`cache: { remote: { url: '${server.url}', mode: read, timeout: 300ms } }\n`),
  );
  const stdout = await build(here);
  if (status === 200)
    expect(stdout).toContain('is not used for the rest of this run: it sends less than 64 KiB per second\n');
  expect(stdout).toContain('✔ build <time>\n');
});

test('a name in the URL of the server that needs no password is no secret', async () => {
  await using server = await startCacheServer();
  const env = { TASKS_CACHE_URL: server.url.replace('//', '//build@'), TASKS_CACHE: 'read-write' };
  await using here = await createProject(files());
  expect((await here.run('build', { env })).stdout).toBe('▸ build\n✔ build <time>\n');
  expect(server.entries.size).toBeGreaterThan(0);
});

test('a server that answers with another protocol is left out', async () => {
  await using server = await startCacheServer((_request, { socket }) => {
    socket?.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    return true;
  });
  await using here = await createProject(files(`cache: { remote: { url: '${server.url}', mode: read-write } }\n`));
  const { exit, stdout } = await here.run('build');
  expect([exit, stdout]).toEqual([
    0,
    `▸ build\nnote: the remote cache ${server.url} is not used for the rest of this run: it does not answer as a cache does\n✔ build <time>\n`,
  ]);
});

test('a server whose head comes byte by byte is left out after its time-out', async () => {
  await using server = await filled((request, response) => {
    if (request.method !== 'GET') return false;
    const { socket } = response;
    const dripping = setInterval(() => socket?.write('H'), 50);
    socket?.once('close', () => clearInterval(dripping)).write('HTTP/1.1 200 OK\r\nX-Slow: ');
    return true;
  });
  await using here = await createProject(
    files(`cache: { remote: { url: '${server.url}', mode: read, timeout: 300ms } }\n`),
  );
  expect(await build(here)).toContain('is not used for the rest of this run: no answer within <time>\n');
});

const large = (more: string) => ({
  'tasks.config.yaml': `version: 1
cache: { remote: { ${more} } }
tasks:
  build: { inputs: [], outputs: [out], run: 'head -c 400000 /dev/zero > out' }
`,
});

/** A server that has what such a checkout has written, and gives its contents in a way of its own. */
async function filledLarge(give: (response: ServerResponse, content: Buffer) => void): Promise<CacheServer> {
  const server = await startCacheServer((request, response) => {
    const content = server.entries.get(request.url ?? '');
    if (request.method !== 'GET' || request.url?.startsWith('/cas/') !== true || content === undefined) return false;
    response.writeHead(200);
    give(response, content);
    return true;
  });
  await using writer = await createProject(large(`url: '${server.url}', mode: read-write`));
  await build(writer);
  return server;
}

const flood = (response: ServerResponse): void => {
  while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  response.once('drain', () => flood(response));
};

test.each([
  ['does not end', flood, 'the content is too long'],
  [
    'comes byte by byte',
    (response: ServerResponse) => {
      const dripping = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(dripping));
    },
    'it sends less than 64 KiB per second',
  ],
  ['stops half-way', (response: ServerResponse) => response.write('x'), 'no answer within <time>'],
] as const)('a content that %s is broken off, and the task runs', async (_what, give, why) => {
  await using server = await filledLarge(give);
  await using here = await createProject(large(`url: '${server.url}', mode: read, timeout: 500ms`));
  expect(await build(here)).toBe(
    `▸ build\nnote: the remote cache ${server.url} is not used for the rest of this run: ${why}\n✔ build <time>\n`,
  );
  expect(await readdir(here.path('.tasks/cache/store/tmp'))).toEqual([]);
});

test('a content may take longer than the time-out, as long as it comes', async () => {
  await using server = await filledLarge((response, content) => {
    let at = 0;
    const parts = setInterval(() => {
      response.write(content.subarray(at, at + 40_000));
      at += 40_000;
      if (at < content.length) return;
      clearInterval(parts);
      response.end();
    }, 300);
  });
  await using here = await createProject(large(`url: '${server.url}', mode: read, timeout: 2s`));
  expect(await build(here)).toBe(restored);
});

test('contents that a server sends damaged leave nothing in the store', async () => {
  await using server = await filled(undefined);
  for (const path of server.entries.keys())
    if (path.startsWith('/cas/')) server.entries.set(path, Buffer.alloc(server.entries.get(path)?.length ?? 0, 'x'));
  await using here = await createProject(files());
  expect(await build(here, { TASKS_CACHE_URL: server.url })).toContain('sent content that does not match its digest');
  expect(await readdir(here.path('.tasks/cache/store/tmp'))).toEqual([]);
});

test('a server that refuses writes is told once, and the build goes on', async () => {
  await using server = await startCacheServer((request, response) => {
    if (request.method !== 'PUT') return false;
    request.resume();
    response.statusCode = 403;
    response.end();
    return true;
  });
  await using here = await createProject({
    'tasks.config.yaml': `version: 1
tasks:
  one: { inputs: [], outputs: [one], run: 'echo 1 > one' }
  two: { inputs: [], outputs: [two], run: 'echo 2 > two' }
  all: { needs: [one, two] }
`,
  });
  const { exit, stdout } = await here.run('all', { env: { TASKS_CACHE_URL: server.url, TASKS_CACHE: 'read-write' } });
  expect(exit).toBe(0);
  expect(stdout.match(/note:.*/g)).toEqual([
    `note: the remote cache ${server.url} is not used for the rest of this run: it answered 403`,
  ]);
});

/** A server that has what a checkout like this one has written. */
async function filled(answer: Parameters<typeof startCacheServer>[0]): Promise<CacheServer> {
  const server = await startCacheServer((...all) => isReady && (answer?.(...all) ?? false));
  let isReady = false;
  await using writer = await createProject(files());
  await build(writer, { TASKS_CACHE_URL: server.url, TASKS_CACHE: 'read-write' });
  isReady = true;
  return server;
}

test('old outputs stay until the new ones are here complete, and a download that breaks off is none', async () => {
  let oldWasThere: boolean | undefined;
  let folder = '';
  await using server = await filled((request, response) => {
    if (!request.url?.startsWith('/cas/')) return false;
    oldWasThere = existsSync(`${folder}/out/old`);
    response.writeHead(200, { 'Content-Length': '4' });
    response.write('a');
    setImmediate(() => response.destroy());
    return true;
  });
  await using here = await createProject({ ...files(), 'src/b': 'other\n', 'src/old': 'old\n' });
  folder = here.folder;
  await build(here);
  await rm(here.path('src/old'));
  await here.write('src/b', 'bbb\n');
  const { exit, stdout } = await here.run('build', { env: { TASKS_CACHE_URL: server.url } });
  expect(exit).toBe(0);
  expect(oldWasThere).toBe(true);
  expect(stdout).toContain('is not used for the rest of this run');
  expect(await here.read('out/a')).toBe('aaa\n');
});

test('a content that the server has lost is no result', async () => {
  await using server = await filled(undefined);
  for (const path of server.entries.keys()) if (path.startsWith('/cas/')) server.entries.delete(path);
  await using here = await createProject(files());
  expect(await build(here, { TASKS_CACHE_URL: server.url })).toBe(ran);
});

test('a result that is cut off, or not ours, is told and made anew, and the server goes on being used', async () => {
  await using server = await filled(undefined);
  const [key = ''] = [...server.entries.keys()].filter((path) => path.startsWith('/ac/'));
  const whole = server.entries.get(key) ?? Buffer.alloc(0);
  server.entries.set(key, whole.subarray(0, 80));
  await using here = await createProject(files());
  expect(await build(here, { TASKS_CACHE_URL: server.url, TASKS_CACHE: 'read-write' })).toBe(
    `▸ build\nnote: the remote cache ${server.url} sent a result that is damaged or not ours, which is not used\n✔ build <time>\n`,
  );
  expect(server.entries.get(key)).toEqual(whole);
});

const hello = Buffer.from('aaa\n');
const digest = '17e682f060b5f8e47ea04c5c4855908b0a5ad612022260fe50e11ecb0cc0ab76';
const file = (path: string) => ({ path, digest, size: hello.length, isProgram: false });

test.each([
  ['leads out of the project', { files: [file('../evil')], links: [] }, '`../evil` is not a path in the project'],
  ['is absolute', { files: [file('/tmp/evil')], links: [] }, '`/tmp/evil` is not a path in the project'],
  [
    'leads out through its outputs',
    { files: [file('out/../../evil')], links: [] },
    '`out/../../evil` is not a path in the project',
  ],
  [
    'is not an output of the task',
    { files: [file('.git/hooks/pre-commit')], links: [] },
    '`.git/hooks/pre-commit` is not an output of the task',
  ],
  [
    'lies behind a link',
    { files: [file('out/x/evil')], links: [{ path: 'out/x', target: '/tmp' }] },
    'it has files behind its link `out/x`',
  ],
  [
    'is of a folder elsewhere',
    { files: [file('out/a')], links: [], folders: ['src/x'] },
    '`src/x` is not an output of the task',
  ],
  [
    'no system takes',
    { files: [file(`out${'/a'.repeat(60_000)}`)], links: [{ path: 'out/x', target: '/tmp' }] },
    `\`out${'/a'.repeat(18)}/…\` is longer than a path can be`,
  ],
  [
    'has signs of too many bytes',
    { files: [file(`out${'/ä'.repeat(1_400)}`)], links: [] },
    `\`out${'/ä'.repeat(18)}/…\` is longer than a path can be`,
  ],
  ['is there twice', { files: [file('out/a'), file('out/a')], links: [] }, 'it names a path twice'],
  ['is none at all', { files: [], links: [] }, 'it has no files'],
])('a result with a path that %s is refused, and the task runs', async (_what, result, why) => {
  await using server = await filled(undefined);
  for (const key of server.entries.keys())
    if (key.startsWith('/ac/')) server.entries.set(key, encodeResult({ folders: [], ...result }));
  server.entries.set(`/cas/${digest}`, hello);
  await using here = await createProject(files());
  expect(await build(here, { TASKS_CACHE_URL: server.url })).toBe(
    `▸ build\nnote: a cached result is not restored: ${why}\n✔ build <time>\n`,
  );
  expect(existsSync(here.path('../evil'))).toBe(false);
});

test('Ctrl-C ends an upload that hangs', async () => {
  await using server = await startCacheServer((request) => request.method === 'PUT');
  await using here = await createProject(files());
  const running = here.start('build', { env: { TASKS_CACHE_URL: server.url, TASKS_CACHE: 'read-write' } });
  await running.says('✔ build');
  running.child.kill('SIGINT');
  const { exit, stdout } = await running.result;
  expect(exit).toBe(130);
  expect(stdout).not.toContain('note:');
});
