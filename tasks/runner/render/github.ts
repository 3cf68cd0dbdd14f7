import { relative, resolve } from 'node:path';
import { dispatch } from '../events.ts';
import type { Host } from '../host.ts';
import { makePaint } from '../paint.ts';
import type { Plan } from '../plan.ts';
import { logPathOf } from '../text/log-path.ts';
import { leavesProject } from '../text/paths.ts';
import { annotationsOf } from './github/annotations.ts';
import { command, protect } from './github/commands.ts';
import { makeGroups } from './github/groups.ts';
import { makeJobSummary } from './github/job-summary.ts';
import { type Locator, makeLocator } from './github/locations.ts';
import { makeTail, type Tail } from './github/tail.ts';
import type { Renderer, RenderOptions } from './index.ts';
import type { Finished } from './lines.ts';
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
  const write = (lines: readonly string[]): void => host.write(lines.map((line) => `${line}\n`).join(''));
  const groups = makeGroups(write, token);
  const show = (task: string, row: Running): void => {
    const { lines, dropped } = row.waiting.take();
    if (lines.length === 0) return;
    const before = dropped > 0 ? [`(${dropped} earlier lines are only in ${logPathOf(task)})`] : [];
    groups.write(task, [...before, ...lines]);
  };
  const end = (task: string): void => {
    const row = running.get(task);
    if (row === undefined) return;
    show(task, row);
    groups.close();
    running.delete(task);
  };
  const start = (task: string): void => {
    end(task);
    groups.close();
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
    plan,
    paint: makePaint(host.stdoutHasColour, host.marks),
    say: (task, lines) => {
      if (task !== undefined && running.has(task)) {
        for (const line of lines) quote(task, line);
        return;
      }
      groups.close();
      write(protect(lines, token));
    },
    quote,
  });
  const finish = (event: Finished): void => {
    const { task } = event;
    const found = running.get(task)?.locator.found() ?? [];
    end(task);
    dispatch(story, event);
    write(annotationsOf(event, found, pathsOf(host, plan, task)));
    const goesOn = event.end.state === 'skipped' && options.standing?.includes(task) === true;
    if (goesOn) start(task);
  };
  return {
    on: (event) => {
      // In a watch, services go on after a run.
      if (event.type === 'run-finished') for (const task of [...running.keys()]) end(task);
      // A group's title says that the task has started.
      if (event.type === 'task-started') start(event.task);
      else if (event.type === 'task-finished') finish(event);
      else dispatch(story, event);
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
    return leavesProject(path) ? undefined : path;
  };
}
