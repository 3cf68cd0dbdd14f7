import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { digestSettings } from '../../tasks/lib/settings.ts';
import { run as up } from '../../tasks/scripts/up.ts';
import { runScript } from '../helpers/script-context.ts';
import { files } from '../helpers/tree.ts';

const nothingMayRun = (command: readonly string[]): never => {
  throw new Error(`was run: ${command.join(' ')}`);
};

test.each([
  [
    { PROFILER_REDCAT: 'ssn' },
    'PROFILER_REDCAT: there is no such setting, did you mean PROFILER_REDACT?',
    'PROFILER_REDCAT',
  ],
  [{ PROFILER_OUT: '/tmp' }, 'PROFILER_OUT: this is a path within the container, and is not passed on', 'PROFILER_OUT'],
])('`up` starts nothing with %j', async (env, problem, name) => {
  const { end } = await runScript(async (context) => (await up(context)) ?? undefined, { answer: nothingMayRun, env });
  expect(end).toMatch(/^failed 2: /);
  expect(end).toContain(problem);
  expect(end).toContain(`| unset ${name}  # and take it out of \`.env\`, if it is there`);
});

test.each(files(/^container\/(docker-compose\.[\w.-]*yml|profiler\/seccomp\.json)$/))(
  '`up` starts what %s says anew when that changes',
  async (path) => {
    const root = await mkdtemp(join(tmpdir(), 'settings-'));
    onTestFinished(() => rm(root, { recursive: true }));
    for (const each of files(/^container\/(docker-compose|profiler\/seccomp)/)) await cp(each, join(root, each));
    const digests = () =>
      Promise.all([digestSettings({ root, env: {} }, 'app'), digestSettings({ root, env: {} }, 'profiler')]);
    const [app, profiler] = await digests();
    await writeFile(join(root, path), 'changed');
    const isOfStack = !path.includes('production');
    const [appAfter, profilerAfter] = await digests();
    expect({ app: app !== appAfter, profiler: profiler !== profilerAfter }).toEqual({
      app: path === 'container/docker-compose.yml',
      profiler: isOfStack,
    });
  },
);

test.each([
  ['a setting of the profiler', { PROFILER_SAMPLE: '1/3' }, { app: false, profiler: true }],
  ['a setting that is empty', { PROFILER_SAMPLE: '' }, { app: false, profiler: false }],
  ['the port', { APP_PORT: '8081' }, { app: true, profiler: false }],
])('`up` starts anew what %s is for', async (_what, env, expected) => {
  const root = resolve(import.meta.dirname, '../..');
  const digests = (given: Readonly<Record<string, string>>) =>
    Promise.all([digestSettings({ root, env: given }, 'app'), digestSettings({ root, env: given }, 'profiler')]);
  const [[app, profiler], [appAfter, profilerAfter]] = [await digests({}), await digests(env)];
  expect({ app: app !== appAfter, profiler: profiler !== profilerAfter }).toEqual(expected);
});
