import type { CheckSurroundings } from '../checks.ts';
import type { CheckReport } from '../events.ts';
import { appliesTo } from '../plan/place.ts';
import type { Check } from '../script.ts';
import type { LoadedChecks } from './load.ts';
import type { Asked } from './probe.ts';
import { couldNot, isUnmet, reportOn } from './report.ts';
import { runCheck } from './run.ts';

/** After which a check is said to take long. */
const slowMs = 3_000;

type TreeSurroundings = CheckSurroundings & {
  readonly asked: Asked;
  readonly left: ReadonlySet<string>;
  readonly signal: AbortSignal;
};

/** One walk through the checks; each runs once, as soon as what it needs has ended. */
export class Tree {
  private readonly started = new Map<string, Promise<CheckReport>>();
  private readonly all: LoadedChecks;
  private readonly surroundings: TreeSurroundings;
  private readonly passed: Map<string, CheckReport>;

  constructor(all: LoadedChecks, surroundings: TreeSurroundings, passed: Map<string, CheckReport>) {
    this.all = all;
    this.surroundings = surroundings;
    this.passed = passed;
  }

  reports(): Promise<readonly CheckReport[]> {
    return Promise.all(this.started.values());
  }

  reportOf(id: string, trail: readonly string[]): Promise<CheckReport> {
    const started = this.started.get(id) ?? this.report(this.all.get(id), trail);
    this.started.set(id, started);
    return started;
  }

  private async report(check: Check, trail: readonly string[]): Promise<CheckReport> {
    const { left, host } = this.surroundings;
    if (left.has(check.id)) return skipped(check, 'left out by `--skip`');
    if (!appliesTo(check.platforms, host.platform)) return skipped(check, `not on ${host.platform.os}`);
    const here = [...trail, check.id];
    const closing = (check.needs ?? []).find((id) => here.includes(id));
    if (closing !== undefined)
      return reportOn(check, couldNot(`checks need each other in a cycle: ${[...here, closing].join(' → ')}`));
    const needs = await Promise.all((check.needs ?? []).map((id) => this.reportOf(id, here)));
    const known = this.passed.get(check.id);
    if (known !== undefined) return known;
    const root = needs.map(rootOf).find((id) => id !== undefined);
    if (root !== undefined) return { ...skipped(check, `because of ${root}`), because: root };
    const report = await this.runAloud(check);
    if (!isUnmet(report)) this.passed.set(check.id, report);
    return report;
  }

  private async runAloud(check: Check): Promise<CheckReport> {
    const timer = setTimeout(() => this.surroundings.onSlow?.(check), slowMs);
    try {
      return await runCheck(check, this.surroundings);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The failed check that spares those which need this one. */
function rootOf(report: CheckReport): string | undefined {
  return isUnmet(report) ? report.id : report.because;
}

function skipped(check: Check, summary: string): CheckReport {
  return reportOn(check, { outcome: 'skip', summary });
}
