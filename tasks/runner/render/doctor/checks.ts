import type { Paint } from '../../paint.ts';
import type { Check } from '../../script.ts';
import { asWritten } from '../../text/safe-text.ts';
import { groupBy } from './report.ts';

/** `doctor --checks`: id, name and question of each, by group. */
export function listChecks(checks: readonly Check[], paint: Paint): string {
  const width = Math.max(0, ...checks.map((check) => check.name.length));
  const lines = [...groupBy(checks)].flatMap(([group, members]) => [
    paint.bold(asWritten(group)),
    ...members.map((check) =>
      asWritten(`  ${check.id}  ${check.name.padEnd(width)}  ${check.question}${whereOnly(check)}`),
    ),
  ]);
  return [...lines, ''].join('\n');
}

/** `doctor --about`: everything that is known of a check without running it. */
export function describeCheck({ id, name, question, about, fix, needs = [], platforms, docs }: Check): string {
  const facts = [
    ...(about === undefined ? [] : [about]),
    ...(fix === undefined ? [] : [`fixed by: ${fix}`]),
    ...(needs.length === 0 ? [] : [`runs only if these pass: ${needs.join(', ')}`]),
    ...(platforms === undefined ? [] : [`runs on: ${platforms.join(', ')}`]),
    ...(docs === undefined ? [] : [`more: ${docs}`]),
  ];
  return asWritten([`${id} ${name}: ${question}`, ...facts.map((fact) => `  ${fact}`), ''].join('\n'));
}

function whereOnly({ platforms }: Check): string {
  return platforms === undefined ? '' : ` (${platforms.join(', ')})`;
}
