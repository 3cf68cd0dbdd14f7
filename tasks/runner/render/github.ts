import { relative, resolve } from 'node:path';
import { dispatch } from '../events.ts';
import type { Host } from '../host.ts';
import { makePaint } from '../paint.ts';
import type { Plan } from '../plan.ts';
import { logPathOf } from '../text/log-path.ts';
import { annotationsOf } from './github/annotations.ts';
import { command, protect, resume, stop } from './github/commands.ts';
import { makeJobSummary } from './github/job-summary.ts';
import { type Locator, makeLocator } from './github/locations.ts';
import { makeTail, type Tail } from './github/tail.ts';
import type { Renderer, RenderOptions } from './index.ts';
import { makeStory } from './story.ts';

/** So much of a task's output is kept while others run beside it; of more, the end is shown. */
const mostKept = 4 << 20;

type Running = { readonly locator: Locator; readonly waiting: Tail };

/**
 * For the log of GitHub Actions: each task's output is a group. A task that runs alone is shown while it runs; where
 * several run, each is shown when it ends, since groups cannot be nested. Failures become annotations, and the whole run a
 * table in the job's summary.
 */
export function makeGithubRenderer(host: Host, plan: Plan, options: RenderOptions): Renderer {
  const token = host.randomId();
  const summary = makeJobSummary(host, plan);
  const running = new Map<string, Running>();
  let open: string | undefined;

  const write = (lines: readonly string[]): void => host.write(lines.map((line) => `${line}\n`).join(''));
  const openGroup = (task: string): void => {
    if (open === undefined) write([command('group', {}, task), stop(token)]);
    open = task;
  };
  const closeGroup = (): void => {
    if (open !== undefined) write([resume(token), command('endgroup', {}, '')]);
    open = undefined;
  };
  const show = (task: string, row: Running): void => {
    const { lines, dropped } = row.waiting.take();
    if (lines.length === 0) return;
    openGroup(task);
    if (dropped > 0) write([`(${dropped} earlier lines are only in ${logPathOf(task)})`]);
    write(lines);
  };
  const end = (task: string): void => {
    const row = running.get(task);
    if (row === undefined) return;
    if (open !== task) closeGroup();
    show(task, row);
    closeGroup();
    running.delete(task);
  };
  const start = (task: string): void => {
    end(task);
    closeGroup();
    running.set(task, { locator: makeLocator(), waiting: makeTail(mostKept) });
  };
  for (const service of options.standing ?? []) start(service);

  const quote = (task: string, line: string): void => {
    const row = running.get(task);
    if (row === undefined) return;
    row.locator.read(line);
    row.waiting.push(line);
    if (running.size === 1) show(task, row);
  };

  const story = makeStory({
    ...options,
    tasks: plan.tasks,
    paint: makePaint(host.stdoutHasColour, host.marks),
    say: (task, lines) => {
      if (task !== undefined && running.has(task)) {
        for (const line of lines) quote(task, line);
        return;
      }
      closeGroup();
      write(protect(lines, token));
    },
    quote,
  });
  return {
    on: (event) => {
      if (event.type === 'task-started') start(event.task);
      const found = event.type === 'task-finished' ? (running.get(event.task)?.locator.found() ?? []) : [];
      if (event.type === 'task-finished') end(event.task);
      // In a watch, services go on after a run.
      if (event.type === 'run-finished') for (const task of [...running.keys()]) end(task);
      // A group's title says that the task has started.
      if (event.type !== 'task-started') dispatch(story, event);
      if (event.type === 'task-finished') write(annotationsOf(event, found, pathsOf(host, plan, event.task)));
      const goesOn = event.type === 'task-finished' && event.end.state === 'skipped';
      if (goesOn && options.standing?.includes(event.task) === true) start(event.task);
      summary.on(event);
    },
    end: async () => {
      // What still runs at the end is ended with the program.
      for (const task of [...running.keys()]) {
        end(task);
        write([command('error', { title: `Task \`${task}\` failed` }, 'the program was ended while it ran')]);
      }
      await summary.end();
    },
  };
}

/** How a tool's path is found in the repository: it is seen from the task's folder; elsewhere there is no such file. */
function pathsOf(
  { env }: Pick<Host, 'env'>,
  { root, tasks }: Plan,
  name: string,
): (file: string) => string | undefined {
  const repository = env.GITHUB_WORKSPACE ?? root;
  const folder = tasks.find((task) => task.name === name)?.cwd ?? root;
  return (file) => {
    const path = relative(repository, resolve(folder, file));
    return path.startsWith('..') ? undefined : path;
  };
}
