/** What a run looked like in time, from what was told of it. */
import { expect, test } from 'vitest';
import { makeTiming } from '../../tasks/runner/render/timing.ts';

const done = { state: 'done' } as const;

test('the wait for another run is counted without the services that start after it, before the task can', () => {
  const tasks = [
    { name: 'db', needs: [], weight: 1 },
    { name: 'stack', needs: ['db'], weight: 1 },
    { name: 'seed', needs: ['stack'], weight: 1 },
  ];
  const { take, after } = makeTiming({ tasks, jobs: 1 });
  const holder = { pid: 1, host: 'here', task: 'slow' };
  take({ type: 'task-waiting', task: 'seed', lock: 'board', holder, hint: undefined, atMs: 0 });
  take({ type: 'service-ready', task: 'db', tookMs: 500, atMs: 2_500 });
  take({ type: 'task-finished', task: 'stack', tookMs: 0, end: done, atMs: 2_500 });
  take({ type: 'task-finished', task: 'seed', tookMs: 1_000, end: done, atMs: 3_500 });
  expect(after(3_500).heldUpMs).toEqual(new Map([['seed', 2_000]]));
});
