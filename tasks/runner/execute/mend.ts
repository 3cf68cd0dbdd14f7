import { isUnmet } from '../checks/report.ts';
import type { CheckReport } from '../events.ts';
import { type Plan, type PlannedTask, planOne } from '../plan.ts';
import type { Fix } from '../script.ts';
import type { Session } from '../session.ts';
import { wordsOfFix } from '../text/words.ts';
import { runTasks } from './schedule.ts';
import { undoAll } from './undo.ts';

/** A fix may uncover the next failed check; more rounds than this mean that fixes do not help. */
const maxRounds = 6;

/** The checks that a plan's tasks require, without those of tasks that are skipped here. */
export function requiredChecks(plan: Plan): readonly string[] {
  return [...new Set(plan.tasks.filter((task) => task.skip === undefined).flatMap((task) => task.requires))];
}

export type MendOptions = {
  readonly mustMend?: (report: CheckReport) => boolean;
  readonly skip?: readonly string[];
};

/**
 * Runs the checks and, for each that fails, its first fix, and so on until all pass or nothing new can be tried. True when
 * nothing stands in the way any more. `mustMend` decides what is mended: failures, unless the caller wants warnings too.
 */
export async function mend(
  session: Session,
  names: readonly string[],
  { mustMend = isUnmet, skip = [] }: MendOptions = {},
): Promise<boolean> {
  const tried = new Set<string>();
  for (let round = 1; ; round++) {
    const reports = await session.checks.run(names, session.cancel.signal, { skip });
    const unmet = reports.filter(mustMend);
    if (unmet.length === 0) return true;
    const fixes = unmet.flatMap((report) => newFix(report, tried));
    const isHopeless = fixes.length === 0 || round === maxRounds || session.cancel.signal.aborted;
    if (isHopeless) {
      for (const report of unmet) session.emit({ type: 'check-finished', report });
      return false;
    }
    for (const { report, fix } of fixes) {
      if (session.cancel.signal.aborted) break;
      const before = session.undos.length;
      await apply(session, report, fix);
      // What this fix has mended, the next one may require.
      session.checks.forget();
      await takeBackIfUseless(session, report, { before, skip });
    }
  }
}

/** A fix after which its check still fails is taken back, as far as it said how; one that helped stays. */
async function takeBackIfUseless(
  session: Session,
  { name }: CheckReport,
  { before, skip }: { readonly before: number; readonly skip: readonly string[] },
): Promise<void> {
  const undos = session.undos.splice(before);
  if (undos.length === 0) return;
  const reports = await session.checks.run([name], session.cancel.signal, { skip });
  const report = reports.find((each) => each.name === name);
  const helped = report !== undefined && !isUnmet(report) && report.because === undefined;
  if (helped) return;
  session.undos.push(...undos);
  await undoAll(session);
}

type Due = { readonly report: CheckReport; readonly fix: Fix };

/** The first fix of a check that needs no hand, unless it was tried already, for this check or another. */
function newFix(report: CheckReport, tried: Set<string>): readonly Due[] {
  const fix = report.fixes.find(({ byHand }) => byHand !== true);
  if (fix === undefined) return [];
  const key = 'task' in fix ? `task ${fix.task}` : fix.command;
  if (tried.has(key)) return [];
  tried.add(key);
  return [{ report, fix }];
}

async function apply(session: Session, report: CheckReport, fix: Fix): Promise<void> {
  session.emit({
    type: 'fix-started',
    check: report.id,
    summary: report.summary,
    about: fix.about,
    command: wordsOfFix(fix),
  });
  await runTasks(session, planOfFix(session, report, fix));
}

function planOfFix({ config, root, host }: Session, report: CheckReport, fix: Fix): Plan {
  if ('task' in fix) return planOne({ ...host, cores: () => 1 }, { root, config }, fix.task);
  const task: PlannedTask = {
    name: `fix ${report.id}`,
    about: fix.about,
    needs: [],
    after: [],
    requires: [],
    place: { kind: 'host' },
    skip: undefined,
    work: { kind: 'run', commands: [fix.command] },
    params: {},
    args: [],
    rest: [],
    env: {},
    cwd: root,
    timeoutMs: undefined,
    interactive: false,
    confirm: undefined,
    finally: [],
    retry: undefined,
    locks: [],
    weight: 1,
    tracked: undefined,
    watches: undefined,
  };
  return {
    root,
    platform: host.platform,
    tasks: [task],
    named: [],
    doctor: undefined,
    jobs: 1,
    onFailure: 'start-nothing-new',
    onHost: false,
    force: false,
    isFix: true,
  };
}
