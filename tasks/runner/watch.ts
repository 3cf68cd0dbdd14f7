import type { Args } from './args.ts';
import type { Project } from './config/load.ts';
import { undoAll } from './execute/undo.ts';
import { verdictOf } from './execute.ts';
import type { Host } from './host.ts';
import { handleInterrupts } from './interrupts.ts';
import type { Plan } from './plan.ts';
import { openSession } from './session.ts';
import { takeRoot } from './take-root.ts';
import { untilInterrupted } from './watch/loop.ts';
import { makeRounds } from './watch/rounds.ts';
import { type Show, showWatch } from './watch/view.ts';

/** Runs what is planned and then, after each change, what it affects, until it is interrupted. */
export async function watch(
  caller: Host,
  { project, plan, args }: { readonly project: Project; readonly plan: Plan; readonly args: Args },
): Promise<number> {
  const host: Host = { ...caller, env: project.env, rereadsModules: true };
  const session = openSession(host, project, args.flags);
  const { events, table, emit } = session;
  using _ = handleInterrupts(session);
  await takeRoot(session, plan);
  const shows: Show[] = [];
  const next = (): Show => shows.shift() ?? { plan, standing: [] };
  const shown = showWatch(host, events, { flags: args.flags, first: plan, next });
  const startedMs = host.clockMs();
  try {
    const rounds = makeRounds({ session, flags: args.flags, onStart: (show) => shows.push(show) });
    await untilInterrupted({ caller, args, session, rounds });
    await rounds.stopServices();
    const verdict = verdictOf(session, undefined);
    await undoAll(session);
    await table.close();
    emit({ type: 'run-finished', ...verdict, tookMs: Math.round(host.clockMs() - startedMs) });
    events.close();
    await shown;
    return verdict.exit;
  } catch (error) {
    table.killAll();
    events.close(error);
    await shown;
    throw error;
  }
}
