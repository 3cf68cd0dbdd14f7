import type { CheckReport } from '../events.ts';
import type { Check, CheckResult } from '../script.ts';

/** A check with its result, and with what it took to find that. */
export function reportOn(
  { id, name, question, group, docs }: Check,
  { outcome, summary, cause, fixes = [] }: CheckResult,
  { evidence, tookMs }: Pick<CheckReport, 'evidence' | 'tookMs'> = { evidence: [], tookMs: 0 },
): CheckReport {
  return { id, name, question, group, docs, outcome, summary, cause, fixes, evidence, tookMs };
}

/** The result of a check that could not find its answer. */
export function couldNot(cause: string): CheckResult {
  return { outcome: 'could-not-check', summary: 'could not check', cause };
}

/** Whether a report stands in the way of what requires it. */
export function isUnmet({ outcome }: Pick<CheckReport, 'outcome'>): boolean {
  return outcome === 'fail' || outcome === 'could-not-check';
}
