import { loadChecks } from './checks/load.ts';
import type { Asked } from './checks/probe.ts';
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
  /** The reports of these checks (by name in the config) and of all that they need. Those in `skip` count as passed. */
  readonly run: (
    names: readonly string[],
    signal: AbortSignal,
    options?: { readonly skip: readonly string[] },
  ) => Promise<readonly CheckReport[]>;
  /** The checks themselves, in the order of the config. */
  readonly list: () => Promise<readonly Check[]>;
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
  /** Told of a check that takes long, once. */
  readonly onSlow?: (check: Check) => void;
};

/** After which a check is said to take long. */
const slowMs = 3_000;

/** Makes the runner of one run; what has passed is not asked twice. */
export function makeCheckRunner(surroundings: CheckSurroundings): CheckRunner {
  const passed = new Map<string, CheckReport>();
  const asked: Asked = new Map();
  return {
    run: async (names, signal, { skip } = { skip: [] }) => {
      const all = await loadChecks(surroundings);
      const left = new Set(skip.map(all.idOf));
      const tree = new Tree(all, { ...surroundings, asked, left, signal }, passed);
      await Promise.all(names.map((name) => tree.reportOf(all.idOf(name), [])));
      return await tree.reports();
    },
    list: async () => {
      const all = await loadChecks(surroundings);
      return Object.keys(surroundings.config.checks).map((name) => all.get(all.idOf(name)));
    },
    forget: () => {
      passed.clear();
      asked.clear();
      surroundings.engine.forget();
    },
  };
}

/** Whether a report stands in the way of what requires it. */
export function isUnmet({ outcome }: Pick<CheckReport, 'outcome'>): boolean {
  return outcome === 'fail' || outcome === 'could-not-check';
}

type Loaded = Awaited<ReturnType<typeof loadChecks>>;

type TreeSurroundings = CheckSurroundings & {
  readonly asked: Asked;
  readonly left: ReadonlySet<string>;
  readonly signal: AbortSignal;
};

/** One walk through the checks; each runs once, as soon as what it needs has ended. */
class Tree {
  private readonly started = new Map<string, Promise<CheckReport>>();
  private readonly all: Loaded;
  private readonly surroundings: TreeSurroundings;
  private readonly passed: Map<string, CheckReport>;

  constructor(all: Loaded, surroundings: TreeSurroundings, passed: Map<string, CheckReport>) {
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
    if (this.surroundings.left.has(check.id)) return skipped(check, 'left out by `--skip`');
    if (!appliesTo(check.platforms, this.surroundings.platform))
      return skipped(check, `not on ${this.surroundings.platform.os}`);
    const here = [...trail, check.id];
    const closing = (check.needs ?? []).find((id) => here.includes(id));
    if (closing !== undefined)
      return couldNot(check, `checks need each other in a cycle: ${[...here, closing].join(' → ')}`);
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
