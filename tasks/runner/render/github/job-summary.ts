import { messageOf } from '../../errors.ts';
import type { EventOf } from '../../events.ts';
import type { Host } from '../../host.ts';
import { unicodeMarks } from '../../marks.ts';
import { makePaint } from '../../paint.ts';
import type { Plan } from '../../plan.ts';
import { plainText } from '../../text/safe-text.ts';
import { durationInWords } from '../../text/words.ts';
import type { Renderer } from '../index.ts';
import { commandLines, type Finished, runLine } from '../lines.ts';
import { summaryLines } from '../summary.ts';
import { makeTiming } from '../timing.ts';

/** GitHub refuses a summary of more than 1 MiB. */
const mostBytes = 900_000;
const cut = '\n(cut: the rest is in the log)\n';

type Over = EventOf<'run-finished'>;

/** The run as a table on the page of the job, written to the file that GitHub names. */
export function makeJobSummary(
  host: Pick<Host, 'env' | 'appendText' | 'writeError'>,
  plan: Pick<Plan, 'tasks' | 'jobs'>,
): Renderer {
  const finished: Finished[] = [];
  const timing = makeTiming(plan);
  let over: Over | undefined;
  return {
    on: (event) => {
      if (event.type === 'task-finished') finished.push(event);
      else if (event.type === 'run-finished') over = event;
      if (event.type === 'task-finished' || event.type === 'service-ready' || event.type === 'task-waiting')
        timing.take(event);
    },
    end: async () => {
      const path = host.env.GITHUB_STEP_SUMMARY ?? '';
      if (path === '' || over === undefined) return;
      try {
        const summary = summaryLines(plan.tasks, timing.after(over.tookMs), { verbose: true, marks: unicodeMarks });
        await host.appendText(path, asMarkdown(finished, over, summary));
      } catch (error) {
        host.writeError(`note: the job's summary was not written: ${messageOf(error)}\n`);
      }
    },
  };
}

function asMarkdown(finished: readonly Finished[], over: Over, summary: readonly string[]): string {
  const rows = finished.map(
    (event) => `| ${inCell(event.task)} | ${resultOf(event)} | ${durationInWords(event.tookMs)} |`,
  );
  return within(mostBytes, [
    `### tasks: ${runLine(over, finished, makePaint(false))}`,
    '',
    '| task | result | time |',
    '| --- | --- | ---: |',
    ...rows,
    '',
    ...summary.flatMap((line) => [line, '']),
    ...finished.flatMap(failureOf),
    '',
  ]);
}

/** As many of the parts as there is room for; none is cut in its middle, where a fence would stay open. */
function within(bytes: number, parts: readonly string[]): string {
  let left = bytes - Buffer.byteLength(cut);
  const kept = parts.filter((part) => {
    const size = Buffer.byteLength(part) + 1;
    const fits = size <= left;
    if (fits) left -= size;
    return fits;
  });
  return kept.length === parts.length ? parts.join('\n') : `${kept.join('\n')}\n${cut}`;
}

function resultOf({ end }: Finished): string {
  switch (end.state) {
    case 'done':
      return '✔ done';
    case 'failed':
      return `✖ failed: ${inCell(end.failure.message)}`;
    case 'skipped':
    case 'cancelled':
    case 'not-started':
      return `– ${end.state.replace('-', ' ')}: ${inCell(end.reason)}`;
    default:
      return end satisfies never;
  }
}

function failureOf({ task, end }: Finished): readonly string[] {
  if (end.state !== 'failed') return [];
  const { command, lastLines } = end.failure;
  const lines = [...(command === undefined ? [] : commandLines('$ ', command)), ...lastLines].map(plainText);
  if (lines.length === 0) return [];
  return [[`<details open><summary>${inCell(task)}</summary>`, '', ...fenced(lines), '', '</details>', ''].join('\n')];
}

/** A fence is longer than any row of backticks inside of it. */
function fenced(lines: readonly string[]): readonly string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((ticks) => ticks.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...lines, fence];
}

/** Text that neither ends a cell nor is taken for markup. */
function inCell(text: string): string {
  return plainText(text.replaceAll(/\r?\n/g, ' ')).replace(/[&<>|\\`*_[\]~#]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
