/** What `status` says of a profiler that does not run, of an engine that is only told about. */
import { expect, test } from 'vitest';
import type { Context } from 'zx-tasks';
import { run as showStatus } from '../../tasks/scripts/status.ts';
import { engineOf } from '../helpers/probe.ts';
import { ranOf } from '../helpers/script-context.ts';

test.each([
  [
    'is paused',
    'paused',
    'not read while its container is paused; `podman unpause profiler-profiler-1` lets it go on',
    0,
  ],
  ['has ended', 'exited', 'not attached; `npx tasks up` starts it', 0],
  [
    'was killed',
    'exited',
    'not attached, because its container was killed (code 137), as when memory runs out: npx tasks doctor memory machine-memory && npx tasks up',
    137,
  ],
])('a profiler that %s comes with what starts it again', async (_what, state, said, ExitCode) => {
  expect(await statusOf({ Status: state, ExitCode })).toEqual([
    'profiler-app-1: not there',
    `profiler-profiler-1: ${state}`,
    `probe: ${said}`,
  ]);
});

async function statusOf(State: { readonly Status: string; readonly ExitCode: number }): Promise<readonly string[]> {
  const lines: string[] = [];
  const labels = { 'com.docker.compose.service': 'profiler', 'io.tasks.root': '/project' };
  const row = { Id: 'a', Name: 'profiler-profiler-1', Image: 'b', State, Config: { Image: 'c', Labels: labels } };
  const said: Readonly<Record<string, string>> = { ps: 'a\n', inspect: JSON.stringify([row]) };
  const context: Partial<Context> = {
    root: '/project',
    log: (line) => lines.push(line),
    engine: async () => engineOf({}),
    run: async ([, verb = '']) => ranOf(verb, { code: 0, stdout: said[verb] ?? '', stderr: '' }),
  };
  await showStatus(context as Context);
  return lines;
}
