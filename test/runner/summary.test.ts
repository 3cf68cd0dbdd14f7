/** Where the time of a run went, in words. */
import { expect, test } from 'vitest';
import { unicodeMarks } from '../../tasks/runner/marks.ts';
import { summaryLines } from '../../tasks/runner/render/summary.ts';

test('of a long critical path the longest steps are named, and how many always run', () => {
  const names = Array.from({ length: 12 }, (_, index) => `t${index}`);
  const isShort = (index: number): boolean => [0, 1, 6, 11].includes(index);
  const chain = names.map((name, index) => ({ name, needs: names.slice(0, index).slice(-1) }));
  const tasks = [...chain, { name: 'beside', needs: [] }].map((task) => ({
    ...task,
    after: [],
    interactive: false,
    work: { kind: 'run' as const },
    tracked: undefined,
  }));
  const tookMs = new Map([...names.map((name, index) => [name, isShort(index) ? 10 : 3_000] as const), ['beside', 10]]);
  expect(
    summaryLines(
      tasks,
      { wallMs: 25_000, tookMs, heldUpMs: new Map(), fullMs: 0 },
      { verbose: false, marks: unicodeMarks },
    ),
  ).toEqual([
    'critical path 24.0 s: … → t2 3.0 s → t3 3.0 s → t4 3.0 s → t5 3.0 s → … → t7 3.0 s → t8 3.0 s → t9 3.0 s → t10 3.0 s → …',
    '24.0 s in `t2`, `t3`, `t4`, `t5`, `t7`, `t8`, `t9`, `t10` and 4 more, which always run: with `inputs` they would be skipped while those have not changed',
  ]);
});
