import { dispatch, type EventOf, type Stamped, type Table } from '../events.ts';
import type { Host } from '../host.ts';
import { makePaint, type Paint } from '../paint.ts';
import type { Plan } from '../plan.ts';
import { logPathOf } from '../text/log-path.ts';
import { plainText } from '../text/safe-text.ts';
import { durationInWords } from '../text/words.ts';
import type { Renderer, RenderOptions } from './index.ts';
import { type Finished, failureLines, retryLine, runLine, waitLine } from './lines.ts';
import { showList } from './listr/list.ts';
import { makePrinted } from './listr/printed.ts';
import { makeRow, type Row } from './listr/row.ts';
import { makeServiceTails, type ServiceTails } from './listr/service-tails.ts';
import { makePlainRenderer } from './plain.ts';

/**
 * A live list, one row per planned task. listr2 is only a view: rows follow events. It is loaded after the first task has
 * started, so that its loading costs no time; what happens until then is kept and shown at once.
 */
export function makeListRenderer(
  host: Host,
  { tasks, named, jobs }: Pick<Plan, 'tasks' | 'named' | 'jobs'>,
  options: RenderOptions,
): Renderer {
  const paint = makePaint(host.stdoutHasColour, host.marks);
  const plain = makePlainRenderer(host, { tasks, jobs }, options);
  const finished: Finished[] = [];
  const services = makeServiceTails();
  const printed = makePrinted(named, paint);
  let rows: ReadonlyMap<string, Row> = new Map();
  let list: Promise<void> | undefined;
  let over: EventOf<'run-finished'> | undefined;
  /** What would be drawn over while the list is drawn. */
  const notes: Stamped[] = [];
  const draw = (): void => {
    list ??= showList([...rows.values()], paint, host);
  };
  /** Of a task that has no row, as a fix has none, it is told in lines. */
  const inRow =
    <Told extends EventOf<'task-started' | 'task-output' | 'task-finished'>>(show: (row: Row, event: Told) => void) =>
    (event: Told): void => {
      const row = rows.get(event.task);
      if (row === undefined) plain.on(event);
      else show(row, event);
    };

  const table: Table<void> = {
    'run-started': (event) => {
      rows = new Map(event.tasks.map(({ name }) => [name, makeRow(name)]));
      plain.on(event);
    },
    'notice-given': (event) => (list === undefined ? plain.on(event) : void notes.push(event)),
    'check-finished': plain.on,
    'fix-started': plain.on,
    'task-started': inRow((row) => {
      draw();
      row.start();
    }),
    'task-explained': () => undefined,
    'command-started': () => undefined,
    'task-output': inRow((row, { line }) => row.say(plainText(line))),
    'task-retried': (event) => rows.get(event.task)?.say(retryLine(event)),
    'task-waiting': (event) => {
      const row = list === undefined ? undefined : rows.get(event.task);
      if (row === undefined) plain.on(event);
      else row.say(waitLine(event));
    },
    'service-ready': ({ task, tookMs }) => {
      // In a watch it goes on after the list has ended.
      if (options.standing !== undefined) rows.get(task)?.end({ state: 'done' }, tookMs);
      else rows.get(task)?.say(`ready after ${durationInWords(tookMs)}`);
    },
    'service-stopped': ({ task, reason }) => rows.get(task)?.say(`stopped: ${reason}`),
    'watch-changed': plain.on,
    'config-refused': plain.on,
    'watch-waiting': plain.on,
    'task-finished': inRow((row, event) => {
      finished.push(event);
      row.end(event.end, event.tookMs);
    }),
    interrupted: () => undefined,
    'run-finished': (event) => {
      over = event;
    },
  };
  return {
    on: (event) => {
      services.on(event);
      printed.on(event);
      dispatch(table, event);
    },
    end: async () => {
      if (finished.length > 0) draw();
      await list;
      await plain.end();
      if (over === undefined) return;
      for (const note of notes) plain.on(note);
      const failures = finished.map((event) => failureText(event, paint, services));
      const outputs = over.reason === 'ok' && !options.quiet ? printed.text() : '';
      host.write([...failures, outputs, `${runLine(over, finished, paint)}\n`].join(''));
    },
  };
}

/** What is told of a failed task below the list, and where the rest is of what only its last lines are shown. */
function failureText({ task, end }: Finished, paint: Paint, services: ServiceTails): string {
  if (end.state !== 'failed') return '';
  const { message, lastLines } = end.failure;
  const lines = [
    `${task} failed: ${message}`,
    ...failureLines(end.failure, paint, { withLastLines: true }),
    ...(lastLines.length === 0 ? [] : [`  full output: ${logPathOf(task)}`]),
    ...services.of(task),
  ];
  return `\n${lines.join('\n')}\n`;
}
