/** Random runs at once in one checkout, some of them killed: no two do one thing, each comes to its end, and nothing stays behind. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runningIn } from '../helpers/processes.ts';
import { createProject, type Project, type Result } from '../helpers/project.ts';
import { filesOfRuns, type OneRun, type RandomTogether, randomTogether } from '../helpers/random-together.ts';
import { linesOf } from '../helpers/watching.ts';

const runs = Number(process.env.TASKS_TEST_RUNS ?? 3);
const seed = Number(process.env.TASKS_TEST_SEED ?? Date.now() % 1_000_000);

test.each([1, seed])(
  'two and three runs at once, with services, locks, signals and kills: seed %i',
  { timeout: 60_000 + runs * 30_000 },
  async (from) => {
    await fc.assert(fc.asyncProperty(randomTogether, runAll), { numRuns: runs, endOnFailure: true, seed: from });
  },
);

async function runAll(together: RandomTogether): Promise<void> {
  await using project = await createProject({ ...filesOfRuns(together), log: '' });
  const results: Promise<Result>[] = [];
  for (const run of together.runs) {
    await sleep(run.afterMs);
    results.push(runOne(project, run));
  }
  const ended = await Promise.all(results);
  const story = ended.map(({ stdout }) => stdout).join('\n');
  const someWereEnded = together.runs.some(({ end }) => end !== undefined);
  for (const [index, { exit, stdout, stderr }] of ended.entries()) {
    expect(stderr, story).toBe('');
    const { end } = together.runs[index] as OneRun;
    // A signal may come before there is a run, or behind it.
    if (exit === null) expect(end, story).toBeDefined();
    else expect(stdout.trim().split('\n').at(-1), story).toContain(`"type":"run-finished","exit":${exit},`);
    const hasLostService = someWereEnded && stdout.includes('which ran it, has stopped it');
    if (end === undefined && !hasLostService) expect(exit, story).toBe(0);
  }
  await expect.poll(() => runningIn(project.folder), { timeout: 20_000 }).toEqual([]);
  expect(await project.run('all')).toMatchObject({ exit: 0, stderr: '' });
  expect(await linesOf(project, 'log'), story).toEqual([]);
  for (const { name, kind } of together.tasks)
    if (kind === 'run') expect(await project.read(`out-${name}`), `${name}\n${story}`).toBe('whole\n');
  expect(runningIn(project.folder)).toEqual([]);
  const locks = readdirSync(project.path('.tasks/locks')).filter((name) => !name.endsWith('.result'));
  expect(locks).toEqual([]);
}

async function runOne(project: Project, { words, flags, end }: OneRun): Promise<Result> {
  const running = project.start(`${words.join(' ')} ${flags} --output=json`);
  const timer = setTimeout(() => running.child.kill(end?.signal), end?.afterMs ?? 0);
  if (end === undefined) clearTimeout(timer);
  const result = await running.result;
  clearTimeout(timer);
  return result;
}

function sleep(ms: number): Promise<void> {
  return new Promise((settle) => setTimeout(settle, ms));
}
