/** Random runs with all that tasks can have at one time: what is promised of every run holds, and nothing is left behind. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runningIn } from '../helpers/processes.ts';
import { createProject } from '../helpers/project.ts';
import { filesOf, type RandomRun, randomRuns } from '../helpers/random-run.ts';
import { brokenPromises, type RunEvent } from '../helpers/run-promises.ts';

const runs = Number(process.env.TASKS_TEST_RUNS ?? 5);
const seed = Number(process.env.TASKS_TEST_SEED ?? Date.now() % 1_000_000);

test.each([1, seed])(
  'services, retries, locks, weights, last steps, failures and signals together: seed %i',
  {
    timeout: 60_000 + runs * 20_000,
  },
  async (from) => {
    await fc.assert(fc.asyncProperty(randomRuns, runAndCompare), { numRuns: runs, endOnFailure: true, seed: from });
  },
);

async function runAndCompare(run: RandomRun): Promise<void> {
  const { words, jobs, mode, interrupt } = run;
  await using project = await createProject({ ...filesOf(run), log: '' });
  const running = project.start(`${words.join(' ')} --jobs=${jobs} ${mode} --output=json`);
  if (interrupt !== undefined) {
    await running.says('"run-started"');
    await new Promise((resolve) => setTimeout(resolve, interrupt.afterMs));
    running.child.kill(interrupt.signal);
  }
  const { exit, stdout, stderr } = await running.result;
  expect(stderr).toBe('');
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  const log = await project.read('log');
  expect(brokenPromises(run, { events, log, exit }), `${log}\n${stdout}`).toEqual([]);
  expect(runningIn(project.folder)).toEqual([]);
  expect(readdirSync(project.path('.tasks/locks'))).toEqual([]);
}
