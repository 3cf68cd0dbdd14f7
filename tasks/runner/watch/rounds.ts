import type { ToolFlags } from '../args.ts';
import type { Event, TaskEnd } from '../events.ts';
import type { Holdings } from '../execute/claims.ts';
import type { Round } from '../execute/round.ts';
import { performTasks } from '../execute.ts';
import { usersOfServices } from '../plan/users.ts';
import type { PlannedTask } from '../plan.ts';
import { makeStanding } from '../service/standing.ts';
import { openSession, type Session } from '../session.ts';
import { makeElsewhere } from './elsewhere.ts';
import type { Gaze } from './gaze.ts';
import type { Looks } from './look.ts';
import { selectTasks } from './select.ts';
import type { Understanding } from './sources.ts';
import type { Show } from './view.ts';

export type RoundOptions = Understanding & {
  readonly tasks: readonly PlannedTask[];
  /** The tasks for which something has changed. */
  readonly roots: ReadonlySet<string>;
  readonly gazes: readonly Gaze[];
  readonly looks: Looks;
  /** What is asked for once only: `--force` and `--fix`. */
  readonly isFirst: boolean;
  /** Called when a service is about to start. */
  readonly onStarting: () => void;
};

/** The runs of a watch, one at a time, and what stays from one to the next. */
export type Rounds = {
  readonly select: (plan: Understanding['plan'], roots: ReadonlySet<string>) => readonly PlannedTask[];
  readonly run: (options: RoundOptions) => Promise<void>;
  /** Whether a task began when it last had its turn, and did not come to a good end. */
  readonly hasFailed: (task: string) => boolean;
  readonly servicesAreUp: () => boolean;
  /** The services that are not ready yet. To abort one ends its start. */
  readonly starting: () => ReadonlyMap<string, AbortController>;
  /** Stops those that are meant, each before what it needs. */
  readonly stopServices: (isMeant?: (task: string) => boolean) => Promise<void>;
};

type Options = {
  /** That of the whole watch. */
  readonly session: Session;
  readonly flags: ToolFlags;
  readonly onStart: (show: Show) => void;
};

/** Makes them; none has run yet. */
export function makeRounds({ session, flags, onStart }: Options): Rounds {
  const standing = makeStanding();
  const held: Holdings = new Map();
  const elsewhere = makeElsewhere(session.root);
  const ends = new Map<string, TaskEnd['state']>();
  const starting = new Map<string, AbortController>();
  let planned: readonly PlannedTask[] = [];
  /** In the run that goes on. */
  let isToCome = (_: PlannedTask): boolean => false;
  const begin: Round['begin'] = (isToComeNow) => {
    isToCome = isToComeNow;
  };
  const emit = (event: Event): void => {
    if (event.type === 'task-finished') {
      const { state } = event.end;
      ends.set(event.task, state);
      if (state === 'done' || state === 'skipped') elsewhere.hear(event.task, state === 'skipped');
    }
    session.emit(event);
  };
  const isUp = (service: string): boolean => standing.find(service) !== undefined;
  const isNeeded: Round['isNeeded'] = (service) =>
    [...usersOfServices(planned)].some(
      ([{ name }, users]) => name === service && [...users].some((user) => isToCome(user) || isUp(user.name)),
    );

  /** Whether a task has to do something when its turn comes. One with inputs decides by itself. */
  const isDue = async (task: PlannedTask, someNeedRan: boolean, options: RoundOptions): Promise<boolean> => {
    const { roots, gazes, looks, isFirst } = options;
    if (isFirst || roots.has(task.name) || task.tracked !== undefined) return true;
    if (task.work.kind !== 'service') {
      const state = ends.get(task.name);
      return someNeedRan || (state !== 'done' && state !== 'skipped');
    }
    if (!isUp(task.name)) return true;
    if (task.watches === undefined) return someNeedRan;
    return (await looks.changes(gazes.filter((gaze) => gaze.task === task.name))).size > 0;
  };

  return {
    select: (plan, roots) => selectTasks(plan.tasks, { roots, ends, isUp }),
    hasFailed: (task) => ['failed', 'cancelled'].includes(ends.get(task) ?? ''),
    servicesAreUp: () => standing.names().length > 0,
    starting: () => starting,
    // Not by when they were started: one that was replaced is younger than those that need it.
    stopServices: (isMeant = () => true) => standing.stop(planned.map(({ name }) => name).filter(isMeant)),
    run: async (options) => {
      const { project, plan, tasks, gazes, looks, isFirst, onStarting } = options;
      planned = plan.tasks;
      elsewhere.begin(planned);
      const { host } = session;
      const round = openSession({ ...host, env: project.env }, project, flags, { ...session, emit });
      const startedMs = host.clockMs();
      const follow = (): void => round.cancel.abort(session.cancel.signal.reason);
      session.cancel.signal.addEventListener('abort', follow);
      if (session.cancel.signal.aborted) follow();
      const whyLeftOut = async (task: PlannedTask, someNeedRan: boolean): Promise<string | undefined> => {
        const someNeedIsNew = someNeedRan || task.needs.some(elsewhere.hasDone);
        if (!(await isDue(task, someNeedIsNew, options)))
          return task.work.kind === 'service' ? 'it goes on running' : 'nothing that it needs has changed';
        const gaze = gazes.find((candidate) => candidate.task === task.name);
        if (gaze !== undefined) await looks.refresh(gaze);
        return undefined;
      };
      const whileStarting: Round['whileStarting'] = async (service, start) => {
        const outdated = new AbortController();
        starting.set(service, outdated);
        onStarting();
        return await start(outdated.signal).finally(() => starting.delete(service));
      };
      const due = { ...plan, tasks, force: isFirst && plan.force };
      onStart({ plan: due, standing: standing.names() });
      const verdict = await performTasks(round, due, {
        fix: isFirst && flags.fix,
        round: { standing, held, planned, whyLeftOut, whileStarting, begin, isNeeded },
      });
      session.cancel.signal.removeEventListener('abort', follow);
      const isOver = session.state.interruptedBy !== undefined;
      if (!isOver) emit({ type: 'run-finished', ...verdict, tookMs: Math.round(host.clockMs() - startedMs) });
    },
  };
}
