import { exitCodes, type Reason } from './errors.ts';
import type { CheckReport, Event, Failure, Stamped } from './events.ts';
import type { Round } from './execute/round.ts';
import { runTasks } from './execute/schedule.ts';
import { undoAll } from './execute/undo.ts';
import { exitOfSignal, type Host } from './host.ts';
import type { Plan, PlannedTask } from './plan.ts';
import { shortestSecret } from './secrets/forms.ts';
import type { Session } from './session.ts';

export type ExecuteOptions = { readonly fix: boolean };

/** Carries a plan out. Everything that happens, failures too, is an event; the last one says how the run ended. */
export function execute(session: Session, plan: Plan, options: ExecuteOptions): AsyncIterable<Stamped> {
  perform(session, plan, options).then(
    () => session.events.close(),
    (error: unknown) => {
      session.table.killAll();
      session.events.close(error);
    },
  );
  return session.events;
}

/** What a run leaves behind for its caller: the exit code, and the checks that stood in its way. */
export type Ending = { readonly exit: number; readonly unmet: readonly CheckReport[] };

/** The ending so far, after one more event. */
export function endingAfter(ending: Ending, event: Event): Ending {
  const failedChecks = event.type === 'task-finished' && event.end.state === 'failed' ? event.end.failure.checks : [];
  const unmet = [...ending.unmet, ...failedChecks];
  return { exit: event.type === 'run-finished' ? event.exit : ending.exit, unmet };
}

async function perform(session: Session, plan: Plan, options: ExecuteOptions): Promise<void> {
  const startedMs = session.host.clockMs();
  const verdict = await performTasks(session, plan, options);
  if (verdict.exit !== 0) await undoAll(session);
  await session.table.close();
  session.emit({ type: 'run-finished', ...verdict, tookMs: Math.round(session.host.clockMs() - startedMs) });
}

export type Verdict = { readonly exit: number; readonly reason: Reason };

/** All of a run but its end: in a watch there are several, one after another. */
export async function performTasks(
  session: Session,
  plan: Plan,
  { fix, round }: ExecuteOptions & { readonly round?: Round },
): Promise<Verdict> {
  session.state.late = undefined;
  session.emit({
    type: 'run-started',
    tasks: plan.tasks.map(({ name, about, needs }) => ({ name, about, needs })),
    platform: plan.platform,
  });
  for (const name of session.host.secrets.tooShort()) session.emit({ type: 'notice-given', text: tooShort(name) });
  const isReady = !fix || (await mendFirst(session, plan));
  if (isReady && plan.tasks.some((task) => isOfMatrix(session, task))) {
    const { removeGoneCells } = await import('./fresh/gone-cells.ts');
    await removeGoneCells(session, plan);
  }
  const failure = isReady ? await runTasks(session, plan, round) : undefined;
  await session.cache.close();
  return verdictOf(session, isReady ? failure : notReady);
}

/** An ending, unless what was asked for on stdout could not be written: then it is no success. */
export function unlessLost(ending: Ending, { outputHasFailed }: Pick<Host, 'outputHasFailed'>): Ending {
  const isLost = ending.exit === exitCodes.ok && outputHasFailed();
  return isLost ? { ...ending, exit: exitCodes.machine } : ending;
}

function isOfMatrix({ config }: Session, { name }: PlannedTask): boolean {
  const row = config.tasks[name];
  return row?.matrix !== undefined || row?.cell !== undefined;
}

function tooShort(name: string): string {
  return `the value of \`${name}\` is shorter than ${shortestSecret} characters and is not masked`;
}

async function mendFirst(session: Session, plan: Plan): Promise<boolean> {
  const { mend, requiredChecks } = await import('./execute/mend.ts');
  return await mend(session, requiredChecks(plan));
}

const notReady = { exit: exitCodes.machine, reason: 'machine' } as const;

/** How a run ends: an interrupt counts more than a failure. */
export function verdictOf(
  { state }: Pick<Session, 'state'>,
  failure: Pick<Failure, 'exit' | 'reason'> | undefined,
): Verdict {
  if (state.interruptedBy !== undefined) return { exit: exitOfSignal(state.interruptedBy), reason: 'interrupted' };
  const { exit, reason } = failure ?? state.late ?? { exit: exitCodes.ok, reason: 'ok' };
  return { exit, reason };
}
