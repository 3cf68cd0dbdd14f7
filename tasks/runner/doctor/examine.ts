import { isUnmet } from '../checks/report.ts';
import type { Config } from '../config/types.ts';
import { exitCodes, type Reason } from '../errors.ts';
import type { CheckReport } from '../events.ts';
import { mend } from '../execute/mend.ts';
import type { DoctorRequest } from '../plan/doctor.ts';
import { namedChecks } from '../plan/named-checks.ts';
import type { Session } from '../session.ts';

/** What the doctor found. */
export type Diagnosis = {
  readonly reports: readonly CheckReport[];
  /** What stands in the way and is nobody else's fault: what to mend first. */
  readonly roots: readonly CheckReport[];
  readonly isReady: boolean;
  readonly verdict: string;
  readonly exit: number;
  readonly reason: Reason;
};

/** Runs all checks, or those that were named; with `fix` it first mends what it can: warnings only if they were asked for. */
export async function examine(
  session: Session,
  request: DoctorRequest,
  options: { readonly fix: boolean },
): Promise<Diagnosis> {
  const { checks, config, cancel } = session;
  const names = namedChecks(config, request.words);
  const skip = request.skip.length === 0 ? [] : namedChecks(config, request.skip);
  const wantsWarningsMended = request.strict || request.words.length > 0;
  const mustMend = (report: CheckReport) => isUnmet(report) || (wantsWarningsMended && report.outcome === 'warn');
  if (options.fix) await mend(session, names, { mustMend, skip });
  const reports = inOrder(config, await checks.run(names, cancel.signal, { skip }));
  const roots = reports.filter((report) => isUnmet(report) || (request.strict && report.outcome === 'warn'));
  const isReady = roots.length === 0;
  return {
    reports,
    roots,
    isReady,
    verdict: verdictOf(reports, isReady),
    ...(isReady ? { exit: exitCodes.ok, reason: 'ok' } : { exit: exitCodes.machine, reason: 'machine' }),
  };
}

function inOrder(config: Config, reports: readonly CheckReport[]): readonly CheckReport[] {
  const ids = Object.values(config.checks).map((row) => row.id);
  return [...reports].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** One line that names root causes only. */
function verdictOf(reports: readonly CheckReport[], isReady: boolean): string {
  const roots = reports.filter(isUnmet).map(inVerdict);
  const warnings = reports.filter((report) => report.outcome === 'warn').map(inVerdict);
  const asWarnings = warnings.length === 0 ? '' : `; warnings: ${warnings.join('; ')}`;
  if (!isReady) return roots.length === 0 ? `not ready${asWarnings}` : `not ready: ${roots.join('; ')}${asWarnings}`;
  return reports.length === 0 ? 'ready: the config has no checks' : `ready${asWarnings}`;
}

function inVerdict({ id, name, outcome, summary }: CheckReport): string {
  return outcome === 'could-not-check' ? `${id} could not check ${name}` : `${id} ${summary}`;
}
