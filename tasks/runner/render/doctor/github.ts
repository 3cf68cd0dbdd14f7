import type { Diagnosis } from '../../doctor/examine.ts';
import type { CheckReport } from '../../events.ts';
import { wordsOfFix } from '../../text/words.ts';
import { command } from '../github/commands.ts';

/** More of a kind are dropped by GitHub, for each step of a job. */
const mostOfAKind = 10;

/** Workflow commands that annotate the run with what is to be mended, and nothing that only follows from it. */
export function annotations({ reports, roots }: Diagnosis): string {
  const warnings = reports.filter((report) => report.outcome === 'warn' && !roots.includes(report));
  return [
    ...roots.slice(0, mostOfAKind).map((report) => annotation('error', report)),
    ...warnings.slice(0, mostOfAKind).map((report) => annotation('warning', report)),
  ].join('');
}

function annotation(kind: 'error' | 'warning', { id, summary, cause, fixes: [fix], docs }: CheckReport): string {
  const lines = [
    ...(cause === undefined ? [] : [cause]),
    ...(fix === undefined ? [] : [`fix: ${wordsOfFix(fix)}`]),
    ...(docs === undefined ? [] : [`more: ${docs}`]),
  ];
  const text = lines.length === 0 ? summary : lines.join('\n');
  return `${command(kind, { title: `${id} ${summary}` }, text)}\n`;
}
