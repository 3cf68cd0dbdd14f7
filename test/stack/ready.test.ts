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

test.each([
  ['something', 'a line\n', ['the last lines of profiler-profiler-1:', '  a line']],
  ['nothing', '', ['profiler-profiler-1 printed nothing']],
])('one that ended and printed %s fails with what it printed', async (_what, log, lines) => {
  const said: Record<string, string> = { ps: 'a\n', inspect: JSON.stringify([ended]), logs: log };
  const answer = ([, verb = '']: readonly string[]) => ({ code: 0, stdout: said[verb] ?? '', stderr: '' });
  const env = { APP_PORT: String(await freePort()) };
  const run = async (context: Parameters<typeof waitUntilReady>[0]) => {
    await waitUntilReady(context, engineOf({}));
    return undefined;
  };
  expect(await runScript(run, { answer, env })).toMatchObject({
    end: 'failed 1: `profiler-profiler-1` ended with code 3 | npx tasks doctor',
    lines,
  });
});
