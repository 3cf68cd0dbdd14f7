import type { CheckReport } from '../events.ts';
import { appliesTo } from '../plan/place.ts';
import type { Check } from '../script.ts';
import type { LoadedChecks } from './load.ts';
import type { Surroundings } from './probe.ts';
import { couldNot, isUnmet, reportOn } from './report.ts';
import { runCheck } from './run.ts';

/** After which a check is said to take long. */
const slowMs = 3_000;

type Options = Surroundings & {
  readonly leftOut: ReadonlySet<string>;
  /** Reports of checks that need not be asked again. */
  readonly passed: Map<string, CheckReport>;
};

/** Runs checks and what they need, each once, as soon as what it needs has ended. */
export async function runTree(
  ids: readonly string[],
  all: LoadedChecks,
  options: Options,
): Promise<readonly CheckReport[]> {
  const { host, leftOut, passed, onSlow } = options;
  const started = new Map<string, Promise<CheckReport>>();
  await Promise.all(ids.map((id) => reportOf(id, [])));
  return await Promise.all(started.values());

  function reportOf(id: string, trail: readonly string[]): Promise<CheckReport> {
    const report = started.get(id) ?? look(all.get(id), trail);
    started.set(id, report);
    return report;
  }

  async function look(check: Check, trail: readonly string[]): Promise<CheckReport> {
    if (leftOut.has(check.id)) return skipped(check, 'left out by `--skip`');
    if (!appliesTo(check.platforms, host.platform)) return skipped(check, `not on ${host.platform.os}`);
    const here = [...trail, check.id];
    const closing = (check.needs ?? []).find((id) => here.includes(id));
    if (closing !== undefined)
      return reportOn(check, couldNot(`checks need each other in a cycle: ${[...here, closing].join(' → ')}`));
    const needs = await Promise.all((check.needs ?? []).map((id) => reportOf(id, here)));
    const known = passed.get(check.id);
    if (known !== undefined) return known;
    const root = needs.map(rootOf).find((id) => id !== undefined);
    if (root !== undefined) return { ...skipped(check, `because of ${root}`), because: root };
    const timer = setTimeout(() => onSlow(check), slowMs);
    const report = await runCheck(check, options).finally(() => clearTimeout(timer));
    if (!isUnmet(report)) passed.set(check.id, report);
    return report;
  }
}

/** The failed check that spares those which need this one. */
function rootOf(report: CheckReport): string | undefined {
  return isUnmet(report) ? report.id : report.because;
}

function skipped(check: Check, summary: string): CheckReport {
  return reportOn(check, { outcome: 'skip', summary });
}
