import type { Table } from '../events.ts';
import type { Paint } from '../paint.ts';
import type { Plan } from '../plan.ts';
import { asWritten, withNames } from '../text/safe-text.ts';
import { durationInWords } from '../text/words.ts';
import type { RenderOptions } from './index.ts';
import {
  changeLine,
  checkLines,
  commandLines,
  endLine,
  type Finished,
  failureLines,
  pretence,
  retryLine,
  runLine,
  waitingLine,
  waitLine,
} from './lines.ts';
import { alwaysRuns, summaryLines } from './summary.ts';
import { makeTiming } from './timing.ts';

type Options = RenderOptions & {
  /** What is planned, for the critical path. */
  readonly plan: Pick<Plan, 'tasks' | 'jobs'>;
  readonly paint: Paint;
  /** Lines of ours, about one task or about the run. */
  readonly say: (task: string | undefined, lines: readonly string[]) => void;
  /** A line from inside of a task: its output, or with `--verbose` its commands. */
  readonly quote: (task: string, line: string, goesOn?: boolean) => void;
};

/** A run as it is told in lines: a task's start, its output, its end. Where the lines go is for the renderer to say. */
export function makeStory({ plan, paint, quiet, verbose, explain, say, quote }: Options): Table<void> {
  const finished: Finished[] = [];
  const { tasks } = plan;
  const timing = makeTiming(plan);
  const sayUnlessQuiet: Options['say'] = (task, lines) => {
    if (!quiet) say(task, lines);
  };
  return {
    'run-started': ({ platform }) => {
      const pretended = pretence(platform);
      if (pretended !== undefined) say(undefined, [pretended]);
    },
    'notice-given': ({ text }) => say(undefined, [`${paint.yellow('note')}: ${asWritten(text)}`]),
    'check-finished': ({ report }) => say(undefined, checkLines(report, paint)),
    'fix-started': ({ check, summary, about, command }) =>
      say(undefined, [
        `${paint.cyan('fix')} ${check} (${asWritten(summary)}): ${asWritten(about)}`,
        ...commandLines('  $ ', command),
      ]),
    'task-started': ({ task, where }) => {
      sayUnlessQuiet(task, [
        `${paint.cyan(paint.marks.started)} ${paint.bold(task)}${verbose ? ` ${paint.dim(asWritten(where))}` : ''}`,
      ]);
      const planned = explain ? tasks.find(({ name }) => name === task) : undefined;
      if (planned !== undefined && alwaysRuns(planned)) quote(task, paint.dim('due to: it has no `inputs`'));
    },
    'task-explained': ({ task, because }) => {
      if (!explain && !verbose) return;
      for (const reason of because) quote(task, paint.dim(`due to: ${withNames(reason)}`));
    },
    'command-started': ({ task, command }) => {
      if (!verbose) return;
      for (const line of commandLines('$ ', command)) quote(task, paint.dim(line));
    },
    'task-output': ({ task, line, goesOn }) => quote(task, line, goesOn),
    'task-retried': (event) => quote(event.task, retryLine(event)),
    'task-waiting': (event) => {
      timing.take(event);
      say(event.task, [`${paint.yellow('note')}: ${waitLine(event)}`]);
    },
    'service-ready': (event) => {
      const { task, tookMs } = event;
      timing.take(event);
      sayUnlessQuiet(task, [
        `${paint.green(paint.marks.ready)} ${task} is ready ${paint.dim(durationInWords(tookMs))}`,
      ]);
    },
    'service-stopped': ({ task, reason }) =>
      sayUnlessQuiet(task, [`${paint.yellow(paint.marks.left)} ${task} stopped: ${asWritten(reason)}`]),
    'watch-changed': (event) => sayUnlessQuiet(undefined, [changeLine(event, paint)]),
    'config-refused': ({ text }) => say(undefined, text.trimEnd().split('\n')),
    'watch-waiting': (event) => sayUnlessQuiet(undefined, [waitingLine(event, paint)]),
    'task-finished': (event) => {
      const { task, end, tookMs } = event;
      finished.push(event);
      timing.take(event);
      const line = endLine(task, end, tookMs, paint);
      if (end.state === 'failed') say(task, [line, ...failureLines(end.failure, paint, { withLastLines: false })]);
      else sayUnlessQuiet(task, [line]);
    },
    interrupted: ({ signal, isTheFirst }) =>
      say(undefined, [
        isTheFirst && signal !== 'SIGQUIT' ? `${signal}: stopping; once more kills at once` : `${signal}: killing`,
      ]),
    'run-finished': (event) => {
      const isWorthALine = event.reason !== 'ok' || finished.length > 1;
      const summary = summaryLines(tasks, timing.after(event.tookMs), { verbose, marks: paint.marks });
      if (isWorthALine) sayUnlessQuiet(undefined, [...summary, runLine(event, finished, paint)]);
    },
  };
}
