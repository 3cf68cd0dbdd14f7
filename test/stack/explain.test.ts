/** Why requests are not in the trace: each link of the chain that may be broken, and what mends it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Context, Engine } from 'zx-tasks';
import { explainMissing } from '../../tasks/lib/explain.ts';
import { run as showTraces } from '../../tasks/scripts/traces.ts';
import { engineOf } from '../helpers/probe.ts';
import { ranOf } from '../helpers/script-context.ts';

const sent = { marker: 'run-1', port: 8080, sent: [{ method: 'GET', target: '/?run-1=1', status: 200 }] };
const header = '# http-trace\n';
const status = { state: 'attached', tier: 'B', hooks: [], kernel: '6.18.0', why: 'it is here', counters: {} };
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'explain-'));
  await mkdir(join(root, 'container/traces'), { recursive: true });
  await keep('http-trace.txt', header);
  await keep('http-trace.jsonl', '');
  await keep('profiler.json', JSON.stringify(status));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

test('a file that was removed is named, and `up` brings it back', async () => {
  await rm(join(root, 'container/traces/http-trace.txt'));
  expect(await explain()).toEqual({
    link: 'container/traces/http-trace.txt was removed while the profiler was writing there',
    remedy: 'npx tasks up',
  });
  const asked = showTraces(contextOf([], { lines: 20 }));
  await expect(asked).rejects.toMatchObject({
    message: 'container/traces/http-trace.txt does not exist: nothing has been traced yet, or it was removed',
    remedy: 'npx tasks up',
  });
});

test('a setting that leaves requests out is named before what was lost, and so is the command without it', async () => {
  await keep('http-trace.txt', `${header}# loss lostRingFull: 1 since 2026-01-01T00:00:00.000000Z\n`);
  expect(await explain(['PROFILER_PORTS=1234', 'PROFILER_SAMPLE=1/3'])).toEqual({
    link: 'the profiler runs with `PROFILER_PORTS=1234` and `PROFILER_SAMPLE=1/3`, which leave out requests to the application',
    remedy: 'PROFILER_PORTS= PROFILER_SAMPLE= npx tasks test',
  });
  expect((await explain(['PROFILER_PORTS=8080'])).link).toContain('the profiler lost something: loss lostRingFull');
});

test('a probe that is paused is woken by the engine that runs it', async () => {
  await keep('profiler.json', JSON.stringify({ ...status, state: 'paused' }));
  expect((await explain()).remedy).toBe('podman kill --signal USR2 profiler-profiler-1');
  const docker = { name: 'docker', command: ['docker'] } as const;
  expect((await explain([], docker)).remedy).toBe('docker kill --signal USR2 profiler-profiler-1');
  const throughSudo = ['sudo', 'env', 'CONTAINERS_CONF=/home/me/my shop/.tasks/containers.conf', 'podman'];
  expect((await explain([], { command: throughSudo })).remedy).toBe(
    "sudo env 'CONTAINERS_CONF=/home/me/my shop/.tasks/containers.conf' podman kill --signal USR2 profiler-profiler-1",
  );
});

test('where every link holds, the stack is begun anew', async () => {
  expect((await explain()).remedy).toBe('npx tasks down && npx tasks test');
});

test.each([
  ['does not exist', 'app\n', 'does not exist', 'npx tasks up'],
  ['has ended', 'app\nended\n', 'is not running: exited, code 3', 'npx tasks up'],
  [
    'was killed',
    'app\nkilled\n',
    'was killed (code 137), as when memory runs out',
    'npx tasks doctor memory machine-memory && npx tasks up',
  ],
  // A new one in its place would begin the traces anew.
  ['is paused', 'app\nfrozen\n', 'is not running: paused', 'podman unpause profiler-profiler-1'],
])('a container that %s is named before anything else', async (_what, listed, said, remedy) => {
  await rm(join(root, 'container/traces/http-trace.txt'));
  const context = contextOf([], {}, listed);
  const link = `the container \`profiler-profiler-1\` ${said}`;
  expect(await explainMissing(context, engineOf({ name: 'podman' }), sent)).toEqual({ link, remedy });
});

function explain(env: readonly string[] = [], engine: Partial<Engine> = {}) {
  return explainMissing(contextOf(env), engineOf(engine), sent);
}

async function keep(name: string, text: string): Promise<void> {
  await writeFile(join(root, 'container/traces', name), text);
}

/** Both containers run, unless others are listed; the profiler has that environment. */
function contextOf(env: readonly string[], params: Context['params'] = {}, listed = 'app\nprofiler\n'): Context {
  const answers: Readonly<Record<string, string>> = {
    'ps -a -q --no-trunc --filter label=com.docker.compose.project=profiler': listed,
    'inspect app': JSON.stringify([inspected('app')]),
    'inspect app profiler': JSON.stringify(['app', 'profiler'].map((service) => inspected(service))),
    'inspect app ended': JSON.stringify([inspected('app'), inspected('profiler', { Status: 'exited', ExitCode: 3 })]),
    'inspect app killed': JSON.stringify([
      inspected('app'),
      inspected('profiler', { Status: 'exited', ExitCode: 137 }),
    ]),
    'inspect app frozen': JSON.stringify([inspected('app'), inspected('profiler', { Status: 'paused', ExitCode: 0 })]),
    'inspect --format {{json .Config.Env}} profiler': JSON.stringify(env),
  };
  const context: Partial<Context> = {
    root,
    params,
    run: async (command) => {
      const asked = command.slice(command.findIndex((word) => word === 'ps' || word === 'inspect')).join(' ');
      return ranOf(command.join(' '), { code: 0, stdout: answers[asked] ?? '', stderr: '' });
    },
  };
  return context as Context;
}

function inspected(service: string, state = { Status: 'running', ExitCode: 0 }) {
  const labels = { 'com.docker.compose.service': service, 'io.tasks.root': root };
  return {
    Id: service,
    Name: `profiler-${service}-1`,
    Image: '1',
    State: state,
    Config: { Image: 'i', Labels: labels },
  };
}
