/** Which tasks the next run of a watch has, and when a change is the tasks' own. */
import { expect, test } from 'vitest';
import type { TaskEnd } from '../../tasks/runner/events.ts';
import { makeChain } from '../../tasks/runner/watch/chain.ts';
import { selectTasks } from '../../tasks/runner/watch/select.ts';

type State = TaskEnd['state'];
const task = (name: string, needs: readonly string[] = [], kind: 'run' | 'service' = 'run') =>
  ({ name, needs, skip: undefined, work: { kind } }) as const;
const plan = [
  task('install'),
  task('build', ['install']),
  task('web', ['build'], 'service'),
  task('test', ['web']),
  task('lint'),
  task('all', ['test', 'lint']),
];
const allDone = new Map<string, State>(plan.map(({ name }) => [name, 'done']));

test.each<readonly [string, readonly string[], Readonly<Record<string, State>>, readonly string[], readonly string[]]>([
  ['what has changed and all that needs it', ['lint'], {}, ['web'], ['lint', 'all']],
  ['services on the way', ['test'], {}, ['web'], ['web', 'test', 'all']],
  ['what has changed far down', ['build'], {}, ['web'], ['build', 'web', 'test', 'all']],
  [
    'a need that has failed',
    ['test'],
    { install: 'failed', build: 'not-started' },
    ['web'],
    ['install', 'build', 'web', 'test', 'all'],
  ],
  [
    'nothing where a failure still stands',
    [],
    { build: 'failed', web: 'not-started', test: 'not-started', all: 'not-started' },
    [],
    [],
  ],
  [
    'what was left out for a failure elsewhere',
    ['install'],
    { lint: 'not-started' },
    ['web'],
    ['install', 'build', 'web', 'test', 'lint', 'all'],
  ],
  ['a service that has ended by itself', ['lint'], {}, [], ['web', 'test', 'lint', 'all']],
])('the next run has %s', (_, roots, ends, up, chosen) => {
  const situation = {
    roots: new Set(roots),
    ends: new Map([...allDone, ...Object.entries(ends)]),
    isUp: (name: string) => up.includes(name),
  };
  expect(selectTasks(plan, situation).map(({ name }) => name)).toEqual(chosen);
});

test('a path that changes in every run is left after a pause, and counts again when it changes while nothing runs', () => {
  const chain = makeChain();
  const judge = (isFromARun: boolean, isDeclared = true, paths = ['src/log']) =>
    chain.judge({ paths, isFromARun, isDeclared });
  expect(judge(false)).toBe('run');
  expect([judge(true), judge(true), judge(true), judge(true), judge(true)]).toEqual([
    'run',
    'run',
    'run',
    'run-when-quiet',
    'leave',
  ]);
  expect(judge(true, true, ['src/log', 'src/other'])).toBe('run');
  expect(judge(false)).toBe('run');
  expect([judge(true, false), judge(true, false), judge(true, false)]).toEqual(['run', 'run-when-quiet', 'leave']);
});
