/** Random watches: once all is mended and it is quiet, everything is as a run would make it now, and Ctrl-C leaves nothing behind. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runningIn } from '../helpers/processes.ts';
import { createProject, type Project, type Running } from '../helpers/project.ts';
import {
  doEdit,
  filesOfWatch,
  mendAll,
  type RandomWatch,
  randomWatches,
  readBy,
  servicesUp,
} from '../helpers/random-watch.ts';
import { linesOf } from '../helpers/watching.ts';

const runs = Number(process.env.TASKS_TEST_RUNS ?? 2);
const seed = Number(process.env.TASKS_TEST_SEED ?? Date.now() % 1_000_000);

test.each([1, seed])(
  'edits, failures, services that crash, other configs and Ctrl-C in a watch: seed %i',
  { timeout: 60_000 + runs * 60_000 },
  async (from) => {
    await fc.assert(fc.asyncProperty(randomWatches, watchAndCompare), {
      numRuns: runs,
      endOnFailure: true,
      seed: from,
    });
  },
);

async function watchAndCompare(watch: RandomWatch): Promise<void> {
  await using project = await createProject({ ...filesOfWatch(watch), log: '' });
  const running = project.start(`all --watch --jobs=${watch.jobs} ${watch.mode} --output=json`);
  const told = follow(running);
  await told.quiet();
  for (const edit of watch.edits) {
    await doEdit(project, watch, edit);
    await sleep(edit.thenMs);
  }
  if (watch.endsAfterMs === undefined) {
    await mendAll(project, 'mended');
    await told.quiet();
    await compare(project, watch, told.text());
  } else await sleep(watch.endsAfterMs);
  running.child.kill('SIGINT');
  const { exit, stdout, stderr } = await running.result;
  expect({ exit, stderr }, stdout).toEqual({ exit: 130, stderr: '' });
  expect(stdout.trim().split('\n').at(-1)).toContain('"type":"run-finished","exit":130');
  expect(runningIn(project.folder)).toEqual([]);
  expect(readdirSync(project.path('.tasks/locks'))).toEqual([]);
  const log = await linesOf(project, 'log');
  for (const { name } of watch.tasks) {
    const own = log.filter((line) => line === `begins ${name}` || line === `ends ${name}` || line === `last ${name}`);
    expect(own.join(), 'each begins when the one before has ended').toMatch(
      new RegExp(`^((^|,)(begins ${name},ends ${name},)?last ${name})*$`),
    );
  }
}

/** What each task would make of the files as they are now is there, and each service is up once, with what it reads. */
async function compare(project: Project, { tasks }: RandomWatch, stdout: string): Promise<void> {
  const textOf = (name: string): Promise<string> => project.read(name).catch(() => '');
  const names = (await servicesUp(project)).map(({ name }) => name);
  for (const task of tasks) {
    const texts = await Promise.all(readBy(task, tasks).map(textOf));
    const made = await textOf(task.kind === 'run' ? `out/${task.name}` : `read-${task.name}`);
    expect(made, `${task.name}\n${await textOf('log')}\n${stdout}`).toBe(texts.join(''));
  }
  const services = tasks.filter(({ kind }) => kind === 'service').map(({ name }) => name);
  expect([...names].sort(), `${await textOf('log')}\n${stdout}`).toEqual(services);
}

/** A run that changes of the one before have started may wait for two seconds, so that it is quiet only after that. */
const quietMs = 3_500;

function follow({ child }: Running) {
  let text = '';
  let saidMs = Date.now();
  child.stdout?.on('data', (piece: string) => {
    text += piece;
    saidMs = Date.now();
  });
  const last = (): string | undefined =>
    text.match(/"type":"(watch-waiting|watch-changed|run-started|config-refused)"/g)?.at(-1);
  return {
    text: () => text,
    quiet: async () => {
      saidMs = Date.now();
      while (Date.now() - saidMs < quietMs || last() !== '"type":"watch-waiting"') await sleep(50);
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((settle) => setTimeout(settle, ms));
}
