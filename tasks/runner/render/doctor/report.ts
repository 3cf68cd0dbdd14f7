import type { Diagnosis } from '../../doctor/examine.ts';
import type { CheckReport } from '../../events.ts';
import type { Paint } from '../../paint.ts';
import type { Platform } from '../../script.ts';
import { jsonOf } from '../../text/json.ts';
import { asWritten } from '../../text/safe-text.ts';
import { checkLines, pretence } from '../lines.ts';

/** Of the document that `doctor.schema.json` describes; changes when a reader of it would have to. */
const schemaVersion = 1;

/** The doctor's report as a person reads it, grouped, with the verdict last. */
export function diagnosisAsText(diagnosis: Diagnosis, platform: Platform, paint: Paint): string {
  const groups = groupBy(diagnosis.reports);
  const lines = [...groups].flatMap(([group, reports]) => [
    paint.bold(asWritten(group)),
    ...reports.flatMap((report) => checkLines(report, paint)).map((line) => `  ${line}`),
  ]);
  const pretended = pretence(platform);
  return [
    ...(pretended === undefined ? [] : [pretended]),
    ...lines,
    `verdict: ${asWritten(diagnosis.verdict)}`,
    '',
  ].join('\n');
}

/** The doctor's report as one JSON document; `redact` sees every text of it. */
export function diagnosisAsJson(
  { reports, roots, isReady, verdict, exit }: Diagnosis,
  platform: Platform,
  redact: (key: string, text: string) => string,
): string {
  const document = {
    schemaVersion,
    platform,
    ready: isReady,
    verdict,
    exit,
    roots: roots.map((report) => report.id),
    checks: reports,
  };
  return `${jsonOf(document, 2, (key, value) => (typeof value === 'string' ? redact(key, value) : value))}\n`;
}

/** The reports by the group of their checks, in the order in which groups first appear. */
export function groupBy<Row extends Pick<CheckReport, 'group'>>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return groups;
}
