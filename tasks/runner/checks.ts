import { loadChecks } from './checks/load.ts';
import { runCheck } from './checks/run.ts';
import type { Config } from './config/types.ts';
import type { EngineSource } from './engine.ts';
import type { CheckReport } from './events.ts';
import type { Host } from './host.ts';
import { appliesTo } from './plan/place.ts';
import type { ProcessTable } from './process/table.ts';
import type { Check, Platform } from './script.ts';

/** Runs checks as a tree: what a check needs runs first, and a failed one spares those that need it. */
export type CheckRunner = {
  /** The reports of these checks (by name in the config) and of all that they need. */
  readonly run: (names: readonly string[], signal: AbortSignal) => Promise<readonly CheckReport[]>;
  /** Ask everything anew: something was mended. */
  readonly forget: () => void;
};

export type CheckSurroundings = {
  readonly host: Host;
  readonly root: string;
  readonly config: Config;
  readonly platform: Platform;
  readonly table: ProcessTable;
  readonly engine: EngineSource;
};

/** Makes the runner of one run; what has passed is not asked twice. */
export function makeCheckRunner(surroundings: CheckSurroundings): CheckRunner {
  const passed = new Map<string, CheckReport>();
  return {
    run: async (names, signal) => {
      const all = await loadChecks(surroundings);
      const tree = new Tree(all, surroundings, passed, signal);
      await Promise.all(names.map((name) => tree.reportOf(all.idOf(name), [])));
      return await tree.reports();
    },
    forget: () => {
      passed.clear();
      surroundings.engine.forget();
    },
  };
}

/** Whether a report stands in the way of what requires it. */
export function isUnmet({ outcome }: Pick<CheckReport, 'outcome'>): boolean {
  return outcome === 'fail' || outcome === 'could-not-check';
}

type Loaded = Awaited<ReturnType<typeof loadChecks>>;

/** One walk through the checks; each runs once, as soon as what it needs has ended. */
class Tree {
  private readonly started = new Map<string, Promise<CheckReport>>();
  private readonly all: Loaded;
  private readonly surroundings: CheckSurroundings;
  private readonly passed: Map<string, CheckReport>;
  private readonly signal: AbortSignal;

  constructor(all: Loaded, surroundings: CheckSurroundings, passed: Map<string, CheckReport>, signal: AbortSignal) {
    this.all = all;
    this.surroundings = surroundings;
    this.passed = passed;
    this.signal = signal;
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
    const known = this.passed.get(check.id);
    if (known !== undefined) return known;
    if (!appliesTo(check.platforms, this.surroundings.platform))
      return skipped(check, `not on ${this.surroundings.platform.os}`);
    const here = [...trail, check.id];
    const closing = (check.needs ?? []).find((id) => here.includes(id));
    if (closing !== undefined)
      return couldNot(check, `checks need each other in a cycle: ${[...here, closing].join(' → ')}`);
    const needs = await Promise.all((check.needs ?? []).map((id) => this.reportOf(id, here)));
    const root = needs.map(rootOf).find((id) => id !== undefined);
    if (root !== undefined) return { ...skipped(check, `because of ${root}`), because: root };
    const report = await runCheck(check, { ...this.surroundings, signal: this.signal });
    if (!isUnmet(report)) this.passed.set(check.id, report);
    return report;
  }
}

/** The failed check that spares those which need this one. */
function rootOf(report: CheckReport): string | undefined {
  return isUnmet(report) ? report.id : report.because;
}

function skipped(check: Check, summary: string): CheckReport {
  return { ...describe(check), outcome: 'skip', summary, fixes: [], evidence: [], tookMs: 0 };
}

function couldNot(check: Check, cause: string): CheckReport {
  return {
    ...describe(check),
    outcome: 'could-not-check',
    summary: 'could not check',
    cause,
    fixes: [],
    evidence: [],
    tookMs: 0,
  };
}

function describe({
  id,
  name,
  question,
  group,
  docs,
}: Check): Pick<CheckReport, 'id' | 'name' | 'question' | 'group' | 'docs'> {
  return { id, name, question, group, ...(docs === undefined ? {} : { docs }) };
}
