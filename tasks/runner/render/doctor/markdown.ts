import type { Diagnosis } from '../../doctor/examine.ts';
import type { CheckReport, Evidence } from '../../events.ts';
import type { CheckOutcome, Platform } from '../../script.ts';
import { durationInWords, wordsOfFix } from '../../text/words.ts';

const marks: Record<CheckOutcome, string> = {
  pass: '✅',
  warn: '⚠️',
  fail: '❌',
  skip: '➖',
  'could-not-check': '❓',
};

/** The doctor's report to paste elsewhere: a table of all checks, and the evidence of those that did not pass. */
export function diagnosisAsMarkdown({ reports, verdict }: Diagnosis, platform: Platform, version: string): string {
  const pretended = platform.pretended ? ' (pretended)' : '';
  return [
    '### `tasks doctor`',
    '',
    `**${inTable(verdict)}**`,
    '',
    `${platform.os}-${platform.arch}${pretended}, zx-tasks ${version}`,
    '',
    '| | check | found |',
    '| --- | --- | --- |',
    ...reports.map(({ id, name, outcome, summary }) => `| ${marks[outcome]} | ${id} ${name} | ${inTable(summary)} |`),
    '',
    ...reports.filter((report) => report.outcome !== 'pass' && report.outcome !== 'skip').flatMap(details),
  ].join('\n');
}

function details({ id, question, cause, fixes, evidence, docs }: CheckReport): readonly string[] {
  return [
    `<details><summary>${id}: ${question}</summary>`,
    '',
    ...(cause === undefined ? [] : [inTable(cause), '']),
    ...fixes.map((fix, index) => `${index === 0 ? 'Fix' : 'Or'}: \`${wordsOfFix(fix)}\` (${fix.about})\n`),
    ...(docs === undefined ? [] : [`More: ${docs}`, '']),
    ...evidence.flatMap(transcript),
    '</details>',
    '',
  ];
}

/** The command, how it ended, and the start of what it said; indented, so that no fence in it can end it. */
function transcript({ command, code, tookMs, excerpt }: Evidence): readonly string[] {
  const lines = [
    `$ ${command}`,
    ...excerpt.split('\n'),
    `(${code ?? 'no'} exit code after ${durationInWords(tookMs)})`,
  ];
  return [...lines.filter((line) => line.trim() !== '').map((line) => `    ${line}`), ''];
}

function inTable(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
