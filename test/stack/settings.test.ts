import { expect, test } from 'vitest';
import { run as up } from '../../tasks/scripts/up.ts';
import { runScript } from '../helpers/script-context.ts';

const nothingMayRun = (command: readonly string[]): never => {
  throw new Error(`was run: ${command.join(' ')}`);
};

test.each([
  [
    { PROFILER_REDCAT: 'ssn' },
    'PROFILER_REDCAT: there is no such setting, did you mean PROFILER_REDACT?',
    'PROFILER_REDCAT',
  ],
  [{ PROFILER_OUT: '/tmp' }, 'PROFILER_OUT: it is a path within the container and not handed on', 'PROFILER_OUT'],
])('`up` starts nothing with %j', async (env, problem, name) => {
  const { end } = await runScript(async (context) => (await up(context)) ?? undefined, { answer: nothingMayRun, env });
  expect(end).toMatch(/^failed 2: /);
  expect(end).toContain(problem);
  expect(end).toContain(`| unset ${name}`);
});
