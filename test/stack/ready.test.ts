/** What is said of a container that ends instead of getting ready. */
import { expect, test } from 'vitest';
import { waitUntilReady } from '../../tasks/lib/ready.ts';
import { freePort } from '../helpers/port.ts';
import { engineOf } from '../helpers/probe.ts';
import { runScript } from '../helpers/script-context.ts';

const ended = {
  Id: 'a',
  Name: 'profiler-profiler-1',
  Image: 'b',
  State: { Status: 'exited', ExitCode: 3 },
  Config: { Image: 'localhost/profiler-profiler', Labels: { 'com.docker.compose.service': 'profiler' } },
};

type Row = Omit<typeof ended, 'Name'> & { Name: string };

async function wait(rows: readonly Row[], log = '') {
  const said: Record<string, string> = {
    ps: rows.map(({ Id }) => `${Id}\n`).join(''),
    inspect: JSON.stringify(rows),
    logs: log,
  };
  const answer = ([, verb = '']: readonly string[]) => ({ code: 0, stdout: said[verb] ?? '', stderr: '' });
  const env = { APP_PORT: String(await freePort()) };
  const run = async (context: Parameters<typeof waitUntilReady>[0]) => {
    await waitUntilReady(context, engineOf({}));
    return undefined;
  };
  return await runScript(run, { answer, env });
}

test.each([
  ['something', 'a line\n', ['the last lines of profiler-profiler-1:', '  a line']],
  ['nothing', '', ['profiler-profiler-1 printed nothing']],
])('one that ended and printed %s fails with what it printed', async (_what, log, lines) => {
  expect(await wait([ended], log)).toMatchObject({
    end: 'failed 1: `profiler-profiler-1` ended with code 3 | npx tasks doctor',
    lines,
  });
});

test.each([
  [undefined, 'memory runs out', 'npx tasks doctor memory machine-memory && npx tasks up'],
  [
    { Memory: 30 << 20 },
    'its 30 MiB of memory run out',
    'npx tasks up  # with a higher `mem_limit` in container/docker-compose.yml',
  ],
])('one that was killed with the limits %j comes with the likely reason', async (HostConfig, why, remedy) => {
  const killed = { ...ended, State: { Status: 'exited', ExitCode: 137 }, ...(HostConfig && { HostConfig }) };
  expect(await wait([killed], 'profiler: starting\n')).toMatchObject({
    end: `failed 1: \`profiler-profiler-1\` was killed (code 137), as when ${why} | ${remedy}`,
    lines: ['the last lines of profiler-profiler-1:', '  profiler: starting'],
  });
});

test('an application that ended is gone when somebody reads of it, so that nobody is sent to its log', async () => {
  const labels = { 'com.docker.compose.service': 'app' };
  const app = { ...ended, Name: 'profiler-app-1', Config: { ...ended.Config, Labels: labels } };
  expect((await wait([app], 'no\n')).end).toBe(
    'failed 1: `profiler-app-1` ended with code 3 | npx tasks up  # when what its lines above say is mended',
  );
});

test('one that somebody removes meanwhile is not waited for', async () => {
  const running = { ...ended, State: { Status: 'running', ExitCode: 0 } };
  expect((await wait([running])).end).toBe(
    'failed 1: `profiler-app-1` was removed before it was ready, perhaps by a `down` | npx tasks up',
  );
});
