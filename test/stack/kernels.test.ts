import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareCaught, compareCrowd } from '../../ci/kernels/guest/compare.ts';
import { CROWDS, type Crowd } from '../../ci/kernels/guest/crowd.ts';
import { compareBudget, compareTier, judge } from '../../ci/kernels/judge.ts';
import { choose, readList, root } from '../../ci/kernels/list.ts';
import { logOf } from '../../ci/kernels/work.ts';
import type { Told } from '../helpers/profiler.ts';
import { read } from '../helpers/tree.ts';

const good = [
  'GUEST up',
  'GUEST tier B: the socket layer',
  'CASE ok one',
  'CASE ok two',
  'VERIFIER hp_state 71 16+8',
  'GUEST finished 2 cases',
];

test('a guest that got to its end with all its cases has passed', () => {
  expect(judge(good.join('\n'))).toEqual({
    problems: [],
    passed: 2,
    tier: 'B',
    verified: { hp_state: { instructions: 71, stack: '16+8' } },
  });
});

test.each([
  ['one that panics', [...good.slice(0, 5), 'Kernel panic - not syncing'], /did not get to its end.*Kernel panic/s],
  ['one that says next to nothing', ['VERIFIER hp_state 71 16'], /did not get to its end/],
  ['one that loses a line', good.filter((line) => line !== 'CASE ok one'), /told of 1 cases and had 2/],
  ['one with a case that failed', good.map((line) => line.replace('ok two', 'not ok two: lost')), /^two: lost$/],
  ['one that measured nothing', good.filter((line) => !line.startsWith('VERIFIER')), /no program was measured/],
  ['one whose last line is only mentioned', [...good.slice(0, 5), 'cat: GUEST finished 2 cases'], /did not get to its/],
])('%s has not', (_name, lines, problem) => {
  expect(judge(lines.join('\n')).problems).toEqual([expect.stringMatching(problem)]);
});

test('a kernel on which the profiler looks another way than it did is told', () => {
  expect(compareTier(judge(good.join('\n')), 'B')).toEqual([]);
  expect(compareTier(judge(good.join('\n')), 'C')).toEqual(['the profiler should use tier C, and used B']);
  expect(compareTier(judge('GUEST up'), 'A')).toEqual(['the profiler should use tier A, and used none']);
});

test('a program that grows by more than a tenth is told, and one that nobody wrote down', () => {
  const before = { hp_state: { instructions: 100, stack: '100+10' } };
  expect(compareBudget({ hp_state: { instructions: 110, stack: '121' } }, before)).toEqual([]);
  expect(compareBudget({ hp_state: { instructions: 111, stack: '122' } }, before)).toEqual([
    '`hp_state`: instructions walked by the verifier: 100 before, 111 now',
    '`hp_state`: bytes of stack: 110 before, 122 now',
  ]);
  expect(compareBudget({ ...before, hp_new: { instructions: 1, stack: '0' } }, before)).toHaveLength(1);
  expect(compareBudget(before, undefined)).toHaveLength(1);
  expect(compareBudget({}, before)).toEqual([
    'the program `hp_state` loaded here when it was recorded, and does not now',
  ]);
});

const end = (role: string, status: number | null = 200) => ({ role, target: '/crowd/0/0', status }) as Told;

test.each([
  ['one that is told at both ends', [end('server'), end('client')], 1, undefined],
  ['one of which an end is missing', [end('server')], 1, /expected 2 ends.*; 1 ends told, 1 different/],
  ['one whose end is told twice', [end('server'), end('server'), end('client')], 1, /; 3 ends told, 2 different/],
  ['one that is told without its answer', [end('server'), end('client', null)], 1, /; 1 ends told/],
  ['none, because no server answered', [], 0, /answered nothing/],
  ['none, because nobody said how many there were', [], Number.NaN, /expected NaN ends/],
])('of many requests at once: %s', (_name, lines, answered, problem) => {
  const [crowd] = CROWDS;
  const found = compareCrowd(lines, crowd as Crowd, answered).problem;
  expect(found).toEqual(problem && expect.stringMatching(problem));
});

test.each([
  ['D', 1, undefined],
  ['D', undefined, 'with tier D, 0 calls were caught'],
  ['B', undefined, undefined],
  ['A', 3, 'with tier A, 3 calls were caught'],
])('with tier %s a guest has to catch what kprobes miss, and none without them: %s', (tier, caught, problem) => {
  expect(compareCaught(tier, { counters: caught === undefined ? {} : { caught } }).problem).toBe(problem);
});

test('what is recorded is of kernels in the list', () => {
  const recorded = JSON.parse(read('ci/kernels/verifier.json')) as Record<string, unknown>;
  const known = readList().kernels.map(({ name }) => name);
  expect(Object.keys(recorded).filter((name) => !known.includes(name))).toEqual([]);
});

test('what a guest says lies in its checkout: another one may try the same kernel at the same time', () => {
  expect(logOf({ name: '7' })).toBe(join(root, 'bpf/.output/guest-logs/7.log'));
});

test('a kernel that is not in the list is refused with those that are', () => {
  expect(() => choose(readList(), ['4.19'])).toThrow(/there is no kernel `4.19`.*5\.10, 6\.1, 6\.1-preempt, 6\.12/);
});
