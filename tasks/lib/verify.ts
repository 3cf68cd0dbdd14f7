/** Was every request that was sent traced exactly once, and nothing else with its marker? */
import type { TraceLine } from './trace-lines.ts';
import type { Run, Sent } from './traffic.ts';

export type Row = { readonly sent: Sent; readonly traced: TraceLine | undefined; readonly problem: string | undefined };
export type Verdict = {
  readonly rows: readonly Row[];
  readonly invented: readonly TraceLine[];
  /** How many requests are not as they were sent, or were never sent. */
  readonly wrong: number;
};

/** Compares what was sent with the server's end of what was traced. */
export function compare(run: Run, lines: readonly TraceLine[], container: string): Verdict {
  const server = lines.filter((line) => line.role === 'server');
  const rows = run.sent.map((sent) =>
    judge(
      sent,
      server.filter((line) => line.target === sent.target),
      container,
    ),
  );
  const targets = new Set(run.sent.map((sent) => sent.target));
  const invented = lines.filter((line) => !targets.has(line.target));
  return { rows, invented, wrong: rows.filter((row) => row.problem !== undefined).length + invented.length };
}

function judge(sent: Sent, found: readonly TraceLine[], container: string): Row {
  const traced = found[0];
  return { sent, traced, problem: findProblem(sent, found, container) };
}

function findProblem(sent: Sent, found: readonly TraceLine[], container: string): string | undefined {
  const [traced] = found;
  if (sent.problem !== undefined) return sent.problem;
  if (traced === undefined) return 'not traced';
  if (found.length > 1) return `traced ${found.length} times`;
  if (traced.method !== sent.method) return `traced as ${traced.method}`;
  if (traced.status !== sent.status)
    return `traced with status ${traced.status ?? '-'}, the client saw ${sent.status ?? '-'}`;
  if (traced.durationMs === null) return 'traced without a duration';
  if (traced.container !== container) return `traced in ${traced.container ?? 'no container'}, not in ${container}`;
  return undefined;
}

/** The verified exchanges as a table, a line each. */
export function formatTable({ rows, invented }: Verdict): readonly string[] {
  const cells = [
    ['', 'METHOD', 'TARGET', 'STATUS', 'DURATION', 'CONTAINER', ''],
    ...rows.map(({ sent, traced, problem }) => [
      problem === undefined ? '✔' : '✖',
      sent.method,
      sent.target,
      String(traced?.status ?? sent.status ?? '-'),
      traced?.durationMs == null ? '-' : `${traced.durationMs.toFixed(3)} ms`,
      traced?.container ?? '-',
      problem ?? '',
    ]),
    ...invented.map((line) => [
      '✖',
      line.method,
      line.target,
      String(line.status ?? '-'),
      '-',
      line.container ?? '-',
      'never sent',
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
