import { dispatch, type Event, type Table } from '../events.ts';
import type { Host } from '../host.ts';
import { makePaint } from '../paint.ts';
import { durationInWords } from '../words.ts';
import type { Renderer, RenderOptions } from './index.ts';
import { checkLines, endLine, type Finished, failureLines, pretence, retryLine, runLine, waitLine } from './text.ts';

/** Lines that can be read aloud: a task's start, its output, its end. While several run, each line says whose it is. */
export function makePlainRenderer(
  host: Pick<Host, 'write' | 'stdoutHasColour'>,
  { quiet, verbose, explain = false }: RenderOptions,
): Renderer {
  const paint = makePaint(host.stdoutHasColour);
  const running = new Set<string>();
  const finished: Finished[] = [];
  const say = (...lines: readonly string[]): void => host.write(lines.map((line) => `${line}\n`).join(''));
  const unlessQuiet = (...lines: readonly string[]): void => {
    if (!quiet) say(...lines);
  };
  const prefixOf = (task: string): string => (running.size > 1 && !quiet ? `${task} | ` : '');

  const table: Table<void> = {
    'run-started': ({ platform }) => {
      const pretended = pretence(platform);
      if (pretended !== undefined) say(pretended);
    },
    'notice-given': ({ text }) => say(`${paint.yellow('note')}: ${text}`),
    'check-finished': ({ report }) => say(...checkLines(report, paint)),
    'fix-started': ({ check, summary, about, command }) =>
      say(`${paint.cyan('fix')} ${check} (${summary}): ${about}`, `  $ ${command}`),
    'task-started': ({ task, where }) => {
      running.add(task);
      unlessQuiet(`${paint.cyan('▸')} ${paint.bold(task)}${verbose ? ` ${paint.dim(where)}` : ''}`);
    },
    'task-explained': ({ task, because }) => {
      if (explain || verbose) say(...because.map((reason) => `${prefixOf(task)}${paint.dim(`due to: ${reason}`)}`));
    },
    'command-started': ({ task, command }) => {
      if (verbose) say(`${prefixOf(task)}${paint.dim(`$ ${command}`)}`);
    },
    'task-output': ({ task, line }) => say(`${prefixOf(task)}${line}`),
    'task-retried': (event) => say(`${prefixOf(event.task)}${retryLine(event)}`),
    'task-waiting': (event) => say(`${paint.yellow('note')}: ${waitLine(event)}`),
    'service-ready': ({ task, tookMs }) =>
      unlessQuiet(`${paint.green('●')} ${task} is ready ${paint.dim(durationInWords(tookMs))}`),
    'task-finished': (event) => {
      const { task, end, tookMs } = event;
      running.delete(task);
      finished.push(event);
      if (end.state === 'failed')
        say(endLine(task, end, tookMs, paint), ...failureLines(end.failure, paint, { withLastLines: false }));
      else unlessQuiet(endLine(task, end, tookMs, paint));
    },
    interrupted: ({ signal, isTheFirst }) =>
      say(isTheFirst ? `${signal}: stopping; once more kills at once` : `${signal}: killing`),
    'run-finished': (event) => {
      const isWorthALine = event.reason !== 'ok' || finished.length > 1;
      if (isWorthALine) unlessQuiet(runLine(event, finished, paint));
    },
  };
  return { ready: Promise.resolve(), on: (event: Event) => dispatch(table, event), end: () => Promise.resolve() };
}
