import { expect, test } from 'vitest';
import type { Container } from '../../tasks/lib/containers.ts';
import { findFilters } from '../../tasks/lib/filters.ts';
import { engineOf } from '../helpers/probe.ts';
import { ranOf } from '../helpers/script-context.ts';

const common = {
  state: 'running',
  exitCode: 0,
  memoryLimitBytes: 0,
  imageId: '1',
  image: 'i',
  root: '/project',
  settings: 's',
};
const app: Container = { ...common, id: 'a'.repeat(64), name: 'profiler-app-1', service: 'app' };
const profiler: Container = { ...common, id: 'b'.repeat(64), name: 'profiler-profiler-1', service: 'profiler' };

test.each([
  [['PATH=/bin', 'PROFILER_SCOPE=host', 'PROFILER_TIER=A'], []],
  [['PROFILER_PORTS=1234'], ['PROFILER_PORTS=1234']],
  [['PROFILER_PORTS=1234,8000-8100'], []],
  [['PROFILER_ROLE=client'], ['PROFILER_ROLE=client']],
  [['PROFILER_ROLE=both'], []],
  [['PROFILER_SAMPLE=1/3'], ['PROFILER_SAMPLE=1/3']],
  [['PROFILER_SAMPLE=1/1'], []],
  [['PROFILER_CGROUPS=db,web-*'], ['PROFILER_CGROUPS=db,web-*']],
  [['PROFILER_CGROUPS=profiler-*'], []],
  [['PROFILER_CGROUPS=libpod-*'], []],
  [
    ['PROFILER_ROLE=client', 'PROFILER_PORTS=1'],
    ['PROFILER_ROLE=client', 'PROFILER_PORTS=1'],
  ],
  [['PROFILER_COLOUR=red', 'PROFILER_ROLE=client'], []],
])('with %j the application’s requests are left out by %j', async (env, expected) => {
  const run = async (command: readonly string[]) => {
    expect(command).toEqual(['podman', 'inspect', '--format', '{{json .Config.Env}}', profiler.id]);
    return ranOf(command.join(' '), { code: 0, stdout: `${JSON.stringify(env)}\n`, stderr: '' });
  };
  const found = await findFilters({ run }, engineOf({}), { app, profiler });
  expect(found.map(({ name, value }) => `${name}=${value}`)).toEqual(expected);
});
