import type { Diagnosis } from '../doctor.ts';
import type { CheckReport } from '../events.ts';
import type { Paint } from '../paint.ts';
import type { Platform } from '../script.ts';
import { checkLines, pretence } from './text.ts';

/** The doctor's report as a person reads it, grouped, with the verdict last. */
export function diagnosisAsText(diagnosis: Diagnosis, platform: Platform, paint: Paint): string {
  const groups = groupBy(diagnosis.reports);
  const lines = [...groups].flatMap(([group, reports]) => [
    paint.bold(group),
    ...reports.flatMap((report) => checkLines(report, paint)).map((line) => `  ${line}`),
  ]);
  const pretended = pretence(platform);
  return [...(pretended === undefined ? [] : [pretended]), ...lines, `verdict: ${diagnosis.verdict}`, ''].join('\n');
}

/** The doctor's report as one JSON document. */
export function diagnosisAsJson({ reports, verdict, exit }: Diagnosis, platform: Platform): string {
  return `${JSON.stringify({ schemaVersion: 1, platform, verdict, exit, checks: reports }, undefined, 2)}\n`;
}

function groupBy(reports: readonly CheckReport[]): ReadonlyMap<string, readonly CheckReport[]> {
  const groups = new Map<string, CheckReport[]>();
  for (const report of reports) groups.set(report.group, [...(groups.get(report.group) ?? []), report]);
  return groups;
}
