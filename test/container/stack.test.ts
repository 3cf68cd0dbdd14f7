/** The stack for real: containers, a kernel, traffic. One story, told in order; every test leaves the stack up. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineEnv, leftovers, podman, root, run, tasks } from '../helpers/checkout.ts';
import { follow } from '../helpers/follow.ts';

const traces = join(root, 'container/traces');
const trace = join(traces, 'http-trace.txt');
const terminal = ['python3', join(root, 'test/helpers/terminal.py'), '80', '24'];
const labels = ['com.docker.compose.project=profiler', 'com.docker.compose.service=app', 'io.tasks.root=/elsewhere'];
const ofAnotherCheckout = [
  ...['-d', '--network', 'none', '--name', 'profiler-app-1', ...labels.flatMap((label) => ['--label', label])],
  'localhost/profiler-app',
];
let before: ReturnType<typeof leftovers>;

beforeAll(async () => {
  expect(await tasks(['down'])).toMatchObject({ code: 0 });
  before = leftovers();
  const started = await tasks(['up']);
  expect(started, started.output).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await tasks(['down']);
});

describe('up', () => {
  test('a stack that runs is left alone', async () => {
    const ids = containerIds();
    const again = await tasks(['up', '--only']);
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('already running') });
    expect(containerIds()).toEqual(ids);
  });

  test('a container that was paused goes on, and so do the traces', async () => {
    const ids = containerIds();
    await writeFile(trace, '# of before\n', { flag: 'a' });
    podman('pause', 'profiler-profiler-1');
    const again = await tasks(['up', '--only']);
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('unpausing profiler-profiler-1') });
    expect(containerIds()).toEqual(ids);
    expect(await readFile(trace, 'utf8')).toContain('# of before\n');
    expect(await tasks(['test', '--only'])).toMatchObject({ code: 0 });
  });

  test('a container that was started since is known by its name once `status` was asked', async () => {
    const flags = ['--name', 'names-other', '--label', 'com.docker.compose.service=web', '--network', 'none'];
    const id = podman('run', '-d', ...flags, 'localhost/profiler-app');
    try {
      expect(await tasks(['status'])).toMatchObject({ code: 0 });
      const known = JSON.parse(await readFile(join(root, 'container/traces/containers.json'), 'utf8')) as unknown[];
      expect(known).toContainEqual({ id, name: 'names-other', image: 'localhost/profiler-app:latest', service: 'web' });
      expect(known).toContainEqual(expect.objectContaining({ name: 'profiler-app-1', service: 'app' }));
    } finally {
      podman('rm', '-f', '-t', '0', id);
    }
  });

  test('after one image was rebuilt, only its container is replaced', async () => {
    const [app, profiler] = containerIds();
    const recipe = join(root, '.tasks/rebuilt.Containerfile');
    await writeFile(recipe, 'FROM localhost/profiler-app\nLABEL rebuilt=yes\n');
    podman('build', '-q', '-t', 'localhost/profiler-app', '-f', recipe, join(root, '.tasks'));
    expect(await tasks(['up', '--only'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('starting app with'),
    });
    const [appAfter, profilerAfter] = containerIds();
    expect(profilerAfter).toBe(profiler);
    expect(appAfter).not.toBe(app);
    expect(await tasks(['build', 'app'])).toMatchObject({ code: 0 });
    expect(await tasks(['up', '--only'])).toMatchObject({ code: 0 });
  });

  test('a profiler that cannot start is shown with its last lines, and taken back', async () => {
    expect(await tasks(['down'])).toMatchObject({ code: 0 });
    const failed = await tasks(['up', '--only'], { env: { PROFILER_SCOPE: 'everything' } });
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('the last lines of profiler-profiler-1:');
    expect(failed.output).toContain('PROFILER_SCOPE');
    expect(leftovers()).toEqual(before);
    expect(await tasks(['up', '--only'])).toMatchObject({ code: 0 });
  });

  test('begins the traces anew, as the page says; and without an image it names what builds it', async () => {
    expect(await tasks(['down'])).toMatchObject({ code: 0 });
    await writeFile(trace, 'of an earlier one\n');
    podman('tag', 'localhost/profiler-app', 'localhost/tasks-test-kept');
    podman('rmi', 'localhost/profiler-app');
    try {
      const failed = await tasks(['up', '--only']);
      expect(failed.code).toBe(1);
      expect(failed.output).toContain('the image `localhost/profiler-app` is not here\n  remedy: npx tasks build\n');
    } finally {
      podman('tag', 'localhost/tasks-test-kept', 'localhost/profiler-app');
      podman('rmi', 'localhost/tasks-test-kept');
    }
    expect(await tasks(['up', '--only'])).toMatchObject({ code: 0 });
    expect(await readFile(trace, 'utf8')).not.toContain('of an earlier one');
  });

  test('Ctrl-C while it starts takes back what was started', async () => {
    expect(await tasks(['down'])).toMatchObject({ code: 0 });
    await using up = follow([process.execPath, join(root, 'tasks/launch.cjs'), 'up', '--only']);
    await up.says('starting app and profiler with');
    up.child.kill('SIGINT');
    expect(await up.ended).toBe(130);
    expect(leftovers()).toEqual(before);
    expect(await tasks(['up', '--only'])).toMatchObject({ code: 0 });
  });

  test("another checkout's stack is named, and never touched", async () => {
    expect(await tasks(['down'])).toMatchObject({ code: 0 });
    const foreign = podman('run', ...ofAnotherCheckout);
    try {
      const refused = await tasks(['up', '--only']);
      expect(refused.code).toBe(1);
      expect(refused.output).toContain('`profiler-app-1` was started from /elsewhere');
      expect(refused.output).toContain('cd /elsewhere && npx tasks down');
      expect(await tasks(['down'])).toMatchObject({ code: 0, output: expect.stringContaining('is left alone') });
      expect(podman('ps', '-q', '--no-trunc')).toBe(foreign);
    } finally {
      podman('rm', '-f', '-t', '1', foreign);
    }
    expect(await tasks(['up', '--only'])).toMatchObject({ code: 0 });
  });

  test('nor is one that another checkout starts at the same moment', async () => {
    expect(await tasks(['down'])).toMatchObject({ code: 0 });
    const provider = join(root, '.tasks/another.mjs');
    // What the other one's provider does, where ours comes too late.
    await writeFile(
      provider,
      `import { spawnSync } from 'node:child_process';
if (process.argv[2] === 'version') console.log('another-compose 1.6.0');
else spawnSync('podman', ['run', ...${JSON.stringify(ofAnotherCheckout)}]);
`,
    );
    try {
      const refused = await tasks(['up', '--only'], { env: { TASKS_COMPOSE: `node ${provider}` } });
      expect(refused.code).toBe(1);
      expect(refused.output).toContain('`profiler-app-1` was started from /elsewhere');
      expect(podman('ps', '--format', '{{.Names}}')).toBe('profiler-app-1');
    } finally {
      podman('rm', '-f', '-t', '1', 'profiler-app-1');
      await rm(provider);
    }
    expect(await tasks(['up', '--only'])).toMatchObject({ code: 0 });
  });
});

describe('test', () => {
  test('each request is traced exactly once, and shown', async () => {
    const passed = await tasks(['test', '--only']);
    expect(passed, passed.output).toMatchObject({ code: 0 });
    expect(passed.output).toContain('12 requests sent, each traced exactly once in container/traces/http-trace.txt');
    expect(passed.output.match(/✔ {2}(GET|POST|HEAD|PUT|DELETE|OPTIONS) .* ms {2,}profiler-app-1/g)).toHaveLength(12);
    expect(await tasks(['traces', '--check'])).toMatchObject({ code: 0 });
  });

  test('while capture is paused it fails and names the probe', async () => {
    podman('kill', '--signal', 'USR2', 'profiler-profiler-1');
    await untilState('paused');
    const failed = await tasks(['test', '--only']);
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('the probe is not attached: capture is paused');
    podman('kill', '--signal', 'USR2', 'profiler-profiler-1');
    await untilState('attached');
    expect(await tasks(['test', '--only'])).toMatchObject({ code: 0 });
  });

  test('without the application it fails and names the container', async () => {
    podman('stop', '-t', '5', 'profiler-app-1');
    const failed = await tasks(['test', '--only']);
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('the container `profiler-app-1` is not running: exited');
    expect(failed.output).toContain('npx tasks up');
    expect(await tasks(['up', 'test', '--only'])).toMatchObject({ code: 0 });
  });

  test.each([
    ['PROFILER_PORTS', '1234'],
    ['PROFILER_SAMPLE', '1/1000000'],
  ])('with %s=%s it fails, names that setting, and what it says to type mends it', async (name, value) => {
    expect(await tasks(['up', '--only'], { env: { [name]: value } })).toMatchObject({ code: 0 });
    const failed = await tasks(['test', '--only'], { env: { [name]: value } });
    expect(failed.code).toBe(1);
    expect(failed.output).toContain(`the profiler runs with \`${name}=${value}\``);
    expect(failed.output).toContain(`remedy: ${name}= npx tasks test`);
    expect(await tasks(['up', 'test', '--only'], { env: { [name]: '' } })).toMatchObject({ code: 0 });
  });

  test('after the traces were removed, `status` says so and `up` brings them back', async () => {
    for (const name of ['http-trace.txt', 'http-trace.jsonl', 'http-trace.txt.1']) await rm(join(traces, name));
    expect((await tasks(['status'])).output).toContain(
      'probe: unknown, because files were removed from container/traces: http-trace.txt, http-trace.jsonl; `npx tasks up` restarts it',
    );
    expect(await tasks(['up', 'test', '--only'])).toMatchObject({ code: 0 });
    expect(await readFile(join(traces, 'http-trace.txt.1'), 'utf8')).toBe('');
  });

  test('a line that is deleted from the trace is missed, and one that is doubled is seen', async () => {
    expect(await tasks(['test', '--only'])).toMatchObject({ code: 0 });
    const { marker } = JSON.parse(await readFile(join(root, '.tasks/last-test.json'), 'utf8'));
    const whole = await readFile(trace, 'utf8');
    const lines = whole.split('\n');
    const at = lines.findIndex((line) => line.includes(`/users/1?${marker}=`));
    await writeFile(trace, lines.toSpliced(at, 1).join('\n'));
    expect(await tasks(['traces', '--check'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('not traced'),
    });
    await writeFile(trace, lines.toSpliced(at, 0, lines[at] ?? '').join('\n'));
    expect(await tasks(['traces', '--check'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('traced 2 times'),
    });
    await writeFile(trace, whole);
    expect(await tasks(['traces', '--check'])).toMatchObject({ code: 0 });
  });
});

describe('what people type', () => {
  test.each([
    ['podman exec profiler-profiler-1 ls -l /usr/local/lib/http_probe.o', '/usr/local/lib/http_probe.o'],
    ['podman exec profiler-profiler-1 ls -l /traces/', 'http-trace.txt'],
    ['curl -s http://localhost:8080/users', '"name":"Ada"'],
  ])('%s', async (command, expected) => {
    const ended = await run(['sh', '-c', command]);
    expect(ended).toMatchObject({ code: 0, output: expect.stringContaining(expected) });
  });

  test('podman-compose -f container/docker-compose.yml logs -f profiler', async () => {
    await using follower = follow(['podman-compose', '-f', 'container/docker-compose.yml', 'logs', '-f', 'profiler']);
    await follower.says('profiler: attached');
  });

  test('podman exec -it profiler-profiler-1 sh', async () => {
    await using shell = follow([...terminal, 'podman', 'exec', '-it', 'profiler-profiler-1', 'sh']);
    shell.type('echo "a shell of user $(id -u)"; exit\n');
    await shell.says(`a shell of user ${process.getuid?.()}`);
  });

  test('the profiler’s image has no compiler', async () => {
    const found = await run([
      'podman',
      'exec',
      'profiler-profiler-1',
      'sh',
      '-c',
      'command -v clang gcc cc bpftool; true',
    ]);
    expect(found).toEqual({ code: 0, output: '' });
  });

  test('the profiler has two capabilities and may write nowhere but in /traces', async () => {
    const inside = (script: string) =>
      run(['podman', 'exec', 'profiler-profiler-1', 'sh', '-c', script], { env: engineEnv() });
    expect((await inside('grep CapEff /proc/1/status')).output).toContain('000000c000000000');
    expect((await inside('touch /usr/x')).output).toContain('Read-only file system');
  });

  test('status, traces, logs and shell answer', async () => {
    expect((await tasks(['status'])).output).toMatch(/profiler-app-1: running[\s\S]*probe: attached, tier [ABC]/);
    expect((await tasks(['traces', '--lines=5'])).output).toContain(' profiler-app-1 server ');
    expect((await tasks(['logs', 'app'])).output).toContain('app: listening');
    expect((await tasks(['shell', 'app', '--', 'echo', 'from inside'])).output).toContain('from inside');
  });
});

test('what an interrupted check has left is told by the doctor and removed by `down`, and nothing of one that goes on', async () => {
  const create = (name: string, folder: string) => {
    const labels = ['com.docker.compose.project=profiler', `io.tasks.check=${folder}`];
    const words = labels.flatMap((label) => ['--label', label]);
    return podman('create', '--name', name, ...words, 'localhost/profiler-app');
  };
  create('tasks-test-left', join(root, 'nowhere'));
  const other = create('tasks-test-goes-on', root);
  try {
    expect((await tasks(['doctor', 'leftovers'])).output).toContain(
      'left over: tasks-test-left, of an interrupted check',
    );
    expect((await tasks(['down'])).output).toContain('removing `tasks-test-left`');
    expect(podman('ps', '-a', '-q', '--no-trunc')).toBe(other);
  } finally {
    podman('rm', '-f', '-t', '0', other);
  }
  expect(await tasks(['up', '--only'])).toMatchObject({ code: 0 });
});

test('`down` leaves the machine as it was before `up`', async () => {
  expect(await tasks(['down'])).toMatchObject({ code: 0 });
  expect(leftovers()).toEqual(before);
  expect(await tasks(['up', '--only'])).toMatchObject({ code: 0 });
});

/** The end of the story: they leave the stack down. */
test.each([
  [['logs', 'app'], 'the container `profiler-app-1` does not exist', 1],
  [['shell'], 'the container `profiler-profiler-1` does not exist', 1],
  [['traces', '--lines=0'], '`--lines` is how many lines to show, from 1 on, and not 0', 2],
])('`%j` says what is missing', async (words, said, code) => {
  expect(await tasks(['down'])).toMatchObject({ code: 0 });
  const failed = await tasks(words);
  expect(failed.output).toContain(said);
  expect(failed).toMatchObject({ code, output: expect.stringContaining('remedy: npx tasks ') });
});

function containerIds(): readonly string[] {
  return ['profiler-app-1', 'profiler-profiler-1'].map((name) => podman('inspect', '--format', '{{.Id}}', name));
}

async function untilState(state: string): Promise<void> {
  await expect
    .poll(
      async () => (await readFile(join(root, 'container/traces/profiler.json'), 'utf8')).includes(`"state":"${state}"`),
      { timeout: 15_000 },
    )
    .toBe(true);
}
