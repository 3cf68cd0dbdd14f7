/** Which tasks the next run of a watch has, and when it waits. */
import { expect, test } from 'vitest';
import type { TaskEnd } from '../../tasks/runner/events.ts';
import { type Chain, type Kind, type Moment, makeChain } from '../../tasks/runner/watch/chain.ts';
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

const none: ReadonlySet<string> = new Set();

/** How long each of some changes waits, each found at this moment, and a run after each. */
function pauses(chain: Chain, kind: Kind, moments: readonly Moment[], paths = ['src/log']): readonly number[] {
  return moments.map((moment) => {
    const { pauseMs } = chain.judge({ paths, comeOrGone: none, kind, moment });
    chain.begin();
    return pauseMs;
  });
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('runs that start each other wait longer and longer, and none is left out', () => {
  const chain = makeChain();
  expect(pauses(chain, 'declared', ['at-rest', ...times(6, 'in-a-run' as const)])).toEqual([
    0, 0, 0, 0, 2_000, 8_000, 32_000,
  ]);
  expect(pauses(chain, 'declared', times(30, 'in-a-run')).at(-1)).toBe(2 ** 31 - 1);
  expect(pauses(makeChain(), 'undeclared', times(3, 'in-a-run'))).toEqual([0, 2_000, 8_000]);
  expect(pauses(makeChain(), 'declared', times(11, 'after-a-start'))).toEqual([...times(10, 0), 2_000]);
  expect(pauses(makeChain(), 'declared', times(101, 'beside-services'))).toEqual([...times(100, 0), 2_000]);
});

test('neither files with a new name in each run nor two tasks that each write what the other reads start runs for ever', () => {
  const chain = makeChain();
  const each = [1, 2, 3, 4, 5].map((name) => {
    const paths = [`logs/${name}`, `logs/${name - 1}`];
    const { pauseMs } = chain.judge({ paths, comeOrGone: new Set(paths), kind: 'declared', moment: 'in-a-run' });
    chain.begin();
    return pauseMs;
  });
  expect(each).toEqual([0, 0, 0, 2_000, 8_000]);
  const other = makeChain();
  const both = times(4, ['p', 'q']).flat();
  expect(both.map((path) => pauses(other, 'declared', ['in-a-run'], [path])[0])).toEqual([
    ...times(6, 0),
    2_000,
    2_000,
  ]);
});

test('a change at rest begins anew, and what every run writes is remembered until one does not', () => {
  const chain = makeChain();
  const judge = (moment: Moment, ...paths: readonly string[]) =>
    chain.judge({ paths, comeOrGone: none, kind: 'declared', moment }).pauseMs;
  const edit = (): void => {
    expect(judge('at-rest', 'src/a')).toBe(0);
    chain.begin();
  };
  pauses(chain, 'declared', times(5, 'in-a-run'));
  expect(judge('in-a-run', 'src/log')).toBe(32_000);
  edit();
  expect(judge('in-a-run', 'src/log')).toBe(128_000);
  edit();
  edit();
  expect(judge('in-a-run', 'src/log')).toBe(0);
  pauses(chain, 'declared', times(5, 'in-a-run'));
  expect(judge('at-rest', 'src/log')).toBe(0);
  chain.begin();
  expect(judge('in-a-run', 'src/log')).toBe(0);
});

test('what a person changes is not held up by what a task writes', () => {
  const chain = makeChain();
  pauses(chain, 'declared', times(9, 'in-a-run'));
  expect(pauses(chain, 'declared', times(3, 'in-a-run'), ['src/log', 'src/a'])).toEqual([0, 0, 0]);
  expect(pauses(chain, 'declared', ['beside-services'], ['src/b'])).toEqual([0]);
});
