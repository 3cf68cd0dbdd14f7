import { join } from 'node:path';
import { messageOf, usageError } from '../errors.ts';
import type { Stamped } from '../events.ts';
import type { Host } from '../host.ts';
import type { Plan } from '../plan.ts';
import type { Renderer } from './index.ts';
import type { Finished } from './lines.ts';

/** An event of the Chrome trace format, which Perfetto and chrome://tracing open. Times are in µs. */
type TraceEvent = {
  readonly name: string;
  readonly ph: 'X' | 'M' | 'i' | 's' | 'f';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly [key: string]: unknown;
};

type Running = {
  readonly lane: number;
  readonly startMs: number;
  command?: { readonly text: string; readonly atMs: number };
};

const pid = 1;

/** Writes the times of a run as a trace: a row for each task that ran at the same time, its commands below it, and arrows for needs. */
export async function openProfile(
  host: Pick<Host, 'cwd' | 'replaceFile' | 'writeError'>,
  plan: Pick<Plan, 'tasks'>,
  file: string,
): Promise<Renderer> {
  const path = file.startsWith('/') ? file : join(host.cwd, file);
  const write = (events: readonly TraceEvent[]): string | undefined => {
    try {
      host.replaceFile(path, `${JSON.stringify({ displayTimeUnit: 'ms', traceEvents: events })}\n`);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  };
  // Written once before anything starts, since at the end of a long run it would be late to say so.
  const problem = write([]);
  if (problem !== undefined) throw usageError(`the profile cannot be written to \`${file}\`: ${problem}`);
  const trace = makeTrace(plan);
  return {
    on: trace.on,
    end: async () => {
      const lateProblem = write(trace.events());
      if (lateProblem !== undefined)
        host.writeError(`note: the profile cannot be written to \`${file}\` any more: ${lateProblem}\n`);
    },
  };
}

function makeTrace({ tasks }: Pick<Plan, 'tasks'>) {
  const running = new Map<string, Running>();
  const ended = new Map<string, { readonly lane: number; readonly endMs: number }>();
  const events: TraceEvent[] = [];
  let lanes = 0;

  const endCommand = (row: Running, atMs: number): void => {
    if (row.command === undefined) return;
    const { text, atMs: startMs } = row.command;
    events.push(slice(text.split('\n')[0] ?? '', row.lane, startMs, atMs, { cat: 'command', args: { command: text } }));
    delete row.command;
  };
  const start = (task: string, atMs: number): void => {
    const taken = new Set([...running.values()].map((row) => row.lane));
    const lane =
      Array.from({ length: taken.size + 1 }, (_, index) => index + 1).find((index) => !taken.has(index)) ?? 1;
    lanes = Math.max(lanes, lane);
    running.set(task, { lane, startMs: atMs });
    const needs = tasks.find(({ name }) => name === task)?.needs ?? [];
    for (const need of needs) {
      const before = ended.get(need);
      if (before !== undefined) events.push(...flow(`${need} ${task}`, before, { lane, startMs: atMs }));
    }
  };
  const end = ({ task, atMs, end: how }: Finished): void => {
    const row = running.get(task);
    if (row === undefined) return;
    endCommand(row, atMs);
    running.delete(task);
    ended.set(task, { lane: row.lane, endMs: atMs });
    const exit = how.state === 'failed' ? { exit: how.failure.exit, message: how.failure.message } : {};
    const reason = 'reason' in how ? { reason: how.reason } : {};
    events.push(
      slice(task, row.lane, row.startMs, atMs, { cat: 'task', args: { state: how.state, ...exit, ...reason } }),
    );
  };
  return {
    on: (event: Stamped): void => {
      const { type, atMs } = event;
      if (type === 'task-started') start(event.task, atMs);
      if (type === 'task-finished') end(event);
      if (type === 'interrupted')
        events.push({ name: event.signal, ph: 'i', s: 'g', pid, tid: 0, ts: inMicroseconds(atMs) });
      const row = type === 'command-started' ? running.get(event.task) : undefined;
      if (row === undefined || type !== 'command-started') return;
      endCommand(row, atMs);
      row.command = { text: event.command, atMs };
    },
    events: (): readonly TraceEvent[] => [
      { name: 'process_name', ph: 'M', pid, tid: 0, args: { name: 'tasks' } },
      ...Array.from({ length: lanes }, (_, index) => ({
        name: 'thread_name',
        ph: 'M' as const,
        pid,
        tid: index + 1,
        args: { name: `job ${index + 1}` },
      })),
      ...[...events].sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0) || (b.dur ?? 0) - (a.dur ?? 0)),
    ],
  };
}

function slice(
  name: string,
  tid: number,
  startMs: number,
  endMs: number,
  more: Readonly<Record<string, unknown>>,
): TraceEvent {
  const ts = inMicroseconds(startMs);
  return { name, ph: 'X', pid, tid, ts, dur: inMicroseconds(endMs) - ts, ...more };
}

/** An arrow from the end of one task to the start of another. */
function flow(
  id: string,
  from: { readonly lane: number; readonly endMs: number },
  to: { readonly lane: number; readonly startMs: number },
): readonly TraceEvent[] {
  const common = { name: 'needs', cat: 'needs', id, pid };
  return [
    { ...common, ph: 's', tid: from.lane, ts: inMicroseconds(from.endMs) - 1 },
    { ...common, ph: 'f', bp: 'e', tid: to.lane, ts: inMicroseconds(to.startMs) },
  ];
}

function inMicroseconds(ms: number): number {
  return Math.round(ms * 1_000);
}
