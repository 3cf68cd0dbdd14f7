import type { PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';
import type { Taken } from './claims.ts';

type Held = Omit<Extract<Taken, { readonly state: 'held' }>, 'state'>;

/** Tasks that could start if another run of the checkout did not hold what they need. */
export type HeldUp = {
  readonly isEmpty: () => boolean;
  /** Tells once for whom a task waits, and looks again soon. */
  readonly add: (task: PlannedTask, held: Held) => void;
  /** Whether it was among them. */
  readonly remove: (task: PlannedTask) => boolean;
  readonly clear: () => void;
  /** Looks no more. */
  readonly close: () => void;
};

/** How often another run of the checkout is asked whether it is done. */
const pollMs = 50;

/** Makes it, empty; `lookAgain` is called while some wait. */
export function makeHeldUp({ emit }: Pick<Session, 'emit'>, lookAgain: () => void): HeldUp {
  const tasks = new Set<PlannedTask>();
  /** What was told of already: several services wait for the one that is held. */
  const toldOf = new Set<string>();
  let poll: NodeJS.Timeout | undefined;
  return {
    isEmpty: () => tasks.size === 0,
    add: (task, { by, lock, hint }) => {
      // A service waits also for the others, of which one is held.
      const waiting = task.work.kind === 'service' ? lock : task.name;
      const news = [waiting, by.pid, lock, hint].join('|');
      if (!toldOf.has(news)) emit({ type: 'task-waiting', task: waiting, lock, holder: by, hint });
      toldOf.add(news);
      tasks.add(task);
      clearTimeout(poll);
      poll = setTimeout(lookAgain, pollMs);
    },
    remove: (task) => tasks.delete(task),
    clear: () => tasks.clear(),
    close: () => clearTimeout(poll),
  };
}
