import type { Diagnosis } from '../../doctor/examine.ts';
import type { CheckReport } from '../../events.ts';
import type { Platform } from '../../script.ts';
import { wordsOfFix } from '../../text/words.ts';
import { groupBy } from './report.ts';

/** The doctor's report as a list of tasks: ticked where all is well, else with the command that gets there. */
export function diagnosisAsChecklist({ reports, verdict }: Diagnosis, platform: Platform): string {
  const asked = reports.filter(isForHere);
  const lines = [...groupBy(asked)].flatMap(([group, members]) => [`### ${group}`, '', ...members.map(item), '']);
  return [`## This machine (${platform.os}-${platform.arch})`, '', ...lines, `Verdict: ${verdict}`, ''].join('\n');
}

/** What was skipped for its own sake is not asked of this machine; what waits for another check is. */
function isForHere({ outcome, because }: CheckReport): boolean {
  return outcome !== 'skip' || because !== undefined;
}

function item({ id, question, outcome, summary, because, fixes: [fix] }: CheckReport): string {
  const isDone = outcome === 'pass' || outcome === 'warn';
  const said = because === undefined ? summary : `after ${because}`;
  const remedy = isDone || fix === undefined ? '' : `: \`${wordsOfFix(fix)}\``;
  return `- [${isDone ? 'x' : ' '}] **${id}** ${question} — ${said}${remedy}`;
}
