import type { CheckReport, EventOf, Failure, TaskEnd } from '../events.ts';
import type { Paint } from '../paint.ts';
import type { CheckOutcome, Platform } from '../script.ts';
import { asWritten, keepColours, withNames } from '../text/safe-text.ts';
import { durationInWords, wordsOfFix } from '../text/words.ts';

/** Said first in every output when another machine is judged than the real one. */
export function pretence(platform: Platform): string | undefined {
  return platform.pretended ? `judging as if this were ${platform.os}-${platform.arch} (TASKS_PLATFORM)` : undefined;
}

/** One line on how a task ended. */
export function endLine(task: string, end: TaskEnd, tookMs: number, paint: Paint): string {
  const took = paint.dim(durationInWords(tookMs));
  switch (end.state) {
    case 'done':
      return `${paint.green(paint.marks.done)} ${task} ${took}${end.from === undefined ? '' : ` from the ${end.from}`}`;
    case 'skipped':
      return `${paint.yellow(paint.marks.left)} ${task} skipped: ${asWritten(end.reason)}`;
    case 'not-started':
      return `${paint.yellow(paint.marks.left)} ${task} not started: ${asWritten(end.reason)}`;
    case 'cancelled':
      return `${paint.yellow(paint.marks.left)} ${task} stopped: ${asWritten(end.reason)}`;
    case 'failed':
      return `${paint.red(paint.marks.failed)} ${task} failed after ${durationInWords(tookMs)}: ${asWritten(end.failure.message)}`;
    default:
      return end satisfies never;
  }
}

/** What a failed task's own line does not say: the command, what is known about the failure, what mends it. */
export function failureLines(
  failure: Failure,
  paint: Paint,
  options: { readonly withLastLines: boolean },
): readonly string[] {
  const { command, remedy, lastLines, known, checks } = failure;
  return [
    ...(command === undefined ? [] : commandLines('command: ', command)),
    ...(options.withLastLines && lastLines.length > 0
      ? ['last lines:', ...lastLines.map((line) => `  ${keepColours(line)}`)]
      : []),
    ...known.flatMap((row) => [
      `${row.check === undefined ? 'cause' : row.check}: ${asWritten(row.cause)}`,
      `${paint.cyan('remedy')}: ${asWritten(row.remedy)}`,
    ]),
    ...checks.flatMap((report) => checkLines(report, paint)),
    ...(remedy === undefined ? [] : [`${paint.cyan('remedy')}: ${asWritten(remedy)}`]),
  ].map((line) => `  ${line}`);
}

/** A command behind what it is called; of one of several lines, the others stand below its first. */
export function commandLines(head: string, command: string): readonly string[] {
  const [first = '', ...others] = asWritten(command).trimEnd().split('\n');
  return [`${head}${first}`, ...others.map((line) => `${' '.repeat(head.length)}${line}`)];
}

const marks: Record<CheckOutcome, (paint: Paint) => string> = {
  pass: (paint) => paint.green(paint.marks.done),
  warn: (paint) => paint.yellow('!'),
  fail: (paint) => paint.red(paint.marks.failed),
  skip: (paint) => paint.dim(paint.marks.left),
  'could-not-check': (paint) => paint.red('?'),
};

/** A check as the report shows it: what was found and, unless all is well, why and what to do. */
export function checkLines(report: CheckReport, paint: Paint): readonly string[] {
  const { id, name, outcome, summary, cause, fixes, docs } = report;
  const isWell = outcome === 'pass' || outcome === 'skip';
  const head =
    outcome === 'skip'
      ? `${name} skipped: ${summary}`
      : outcome === 'could-not-check'
        ? `could not check ${name}`
        : summary;
  return [
    `${marks[outcome](paint)} ${id} ${asWritten(head)}`,
    ...(cause === undefined ? [] : [`    why: ${asWritten(cause)}`]),
    ...fixes.map((fix, index) => `    ${paint.cyan(index === 0 ? 'fix' : 'or')}: ${asWritten(wordsOfFix(fix))}`),
    ...(isWell || docs === undefined ? [] : [`    more: ${asWritten(docs)}`]),
  ];
}

/** A failure after which the task is tried again. */
export function retryLine({ message, nextTry, tries, pauseMs }: EventOf<'task-retried'>): string {
  return `failed: ${asWritten(message)}; try ${nextTry} of ${tries} in ${durationInWords(pauseMs)}`;
}

/** For whom a task waits. */
export function waitLine({ task, holder, lock, hint }: EventOf<'task-waiting'>): string {
  const isForTask = lock === holder.task;
  const what = isForTask
    ? `runs \`${lock}\``
    : `holds the lock \`${asWritten(lock)}\` for its task \`${asWritten(holder.task)}\``;
  return `\`${task}\` waits for the run with pid ${holder.pid}, which ${what}${hint === undefined ? '' : `; ${hint}`}`;
}

/** How many files of a change are named. */
const namedPaths = 3;

/** What has changed, in a watch. */
export function changeLine({ paths, tasks }: EventOf<'watch-changed'>, paint: Paint): string {
  const others = paths.length - namedPaths;
  const more = others > 0 ? ` and ${others} more` : '';
  const files = `${paths.slice(0, namedPaths).map(withNames).join(', ')}${more}`;
  return `${paint.cyan('changed')}: ${files}${tasks.length === 0 ? '; nothing to run' : ''}`;
}

/** Said in a watch when nothing is left to do. */
export function waitingLine({ polling, withinMs }: EventOf<'watch-waiting'>, paint: Paint): string {
  const atMost = withinMs === undefined ? '' : `, at most ${durationInWords(withinMs)}`;
  return paint.dim(`waiting for a change${atMost}${polling ? ', looking every second' : ''}; Ctrl-C ends the watch`);
}

export type Finished = EventOf<'task-finished'>;

/** The last line of a run. */
export function runLine(event: EventOf<'run-finished'>, finished: readonly Finished[], paint: Paint): string {
  const took = paint.dim(durationInWords(event.tookMs));
  const count = (state: TaskEnd['state']) => finished.filter(({ end }) => end.state === state).length;
  const failedNames = finished.flatMap(({ task, end }) => (end.state === 'failed' ? [`\`${task}\``] : []));
  const others = [
    count('skipped') === 0 ? '' : `, ${count('skipped')} skipped`,
    count('cancelled') === 0 ? '' : `, ${count('cancelled')} stopped`,
    count('not-started') === 0 ? '' : `, ${count('not-started')} not started`,
  ].join('');
  const done = `${count('done')} done${others}`;
  if (event.reason === 'ok') return `${paint.green('ok')}: ${done}, ${took}`;
  if (event.reason === 'interrupted') return `${paint.red('interrupted')}: ${done}, ${took}`;
  if (event.reason === 'machine' && failedNames.length === 0)
    return `${paint.red('not ready')}: nothing was started, ${took}`;
  // Something that a script did not await has failed after its end.
  if (failedNames.length === 0) return `${paint.red('failed')} (exit code ${event.exit}): ${done}, ${took}`;
  return `${paint.red('failed')}: ${failedNames.join(', ')} (exit code ${event.exit}); ${done}, ${took}`;
}
