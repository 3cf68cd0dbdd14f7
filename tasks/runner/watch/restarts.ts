import { closureOf } from '../plan/users.ts';
import type { PlannedTask } from '../plan.ts';
import { askToEnd } from '../process/cancellation.ts';
import { pause } from '../process/pause.ts';
import type { Session } from '../session.ts';
import { pathsOf } from './bulk.ts';
import type { Chain } from './chain.ts';
import type { Gaze } from './gaze.ts';
import { burstMs } from './hints.ts';
import type { Looks } from './look.ts';
import type { Observer } from './observer.ts';
import type { Rounds } from './rounds.ts';
import type { Sources } from './sources.ts';

/** Ends the start of services that are not ready, and perhaps never will be, once what they are made of has changed. */
export type Restarts = {
  /** Called for every hint, and when a service is about to start: what has changed before that is told by no hint any more. */
  readonly look: () => void;
  /** Does a run. Fails also where a look has failed meanwhile. */
  readonly during: (run: () => Promise<void>) => Promise<void>;
};

type Options = {
  readonly session: Pick<Session, 'host' | 'cancel'>;
  readonly rounds: Pick<Rounds, 'starting'>;
  readonly sources: Sources;
  readonly observer: Observer;
  readonly looks: Looks;
  readonly chain: Chain;
  readonly now: () => { readonly tasks: readonly PlannedTask[]; readonly gazes: readonly Gaze[] };
};

const graceMs = 10_000;

/** Makes it for one watch. */
export function makeRestarts({ session, rounds, sources, observer, looks, chain, now }: Options): Restarts {
  let isAsked = false;
  let isLooking = false;
  let fail: (error: unknown) => void = () => undefined;

  /** Whether a change would start it again as soon as the run is over. */
  const isOutdated = async (service: string): Promise<boolean> => {
    const { tasks, gazes } = now();
    const made = closureOf([service], new Map(tasks.map((task) => [task.name, task])));
    // The others may have their turn just now.
    const own = new Set([...made].map(({ name }) => name));
    const changes = await observer.observe(gazes.filter(({ task }) => own.has(task)));
    if (changes.size === 0) return false;
    const change = { paths: [...pathsOf(changes)], comeOrGone: looks.comeOrGone(), kind: 'declared' } as const;
    // What it writes itself when it starts must not keep it from ever being ready.
    return chain.judge({ ...change, moment: 'in-a-run' }).pauseMs === 0;
  };

  const lookUntilNobodyAsks = async (): Promise<void> => {
    while (isAsked && rounds.starting().size > 0) {
      isAsked = false;
      await pause(session.host, burstMs, session.cancel.signal);
      const isAnotherConfig = (await sources.changed()).length > 0;
      for (const [service, start] of [...rounds.starting()])
        if (isAnotherConfig || (await isOutdated(service))) start.abort(askToEnd('outdated', graceMs));
    }
    isLooking = false;
  };

  return {
    look: () => {
      isAsked = true;
      if (isLooking) return;
      isLooking = true;
      lookUntilNobodyAsks().catch((error: unknown) => fail(error));
    },
    during: (run) =>
      new Promise((resolve, reject) => {
        fail = reject;
        run().then(resolve, reject);
      }),
  };
}
