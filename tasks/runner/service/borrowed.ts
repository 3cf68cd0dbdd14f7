import { exitCodes } from '../errors.ts';
import type { Holder, TaskEnd } from '../events.ts';
import { failed } from '../execute/outcome.ts';
import type { Lent } from '../locks/lent.ts';
import type { PlannedTask } from '../plan.ts';
import { digestOfText } from '../text/digest.ts';
import type { Service } from './service.ts';

/** How often it is asked whether a service of another run is still there. */
const pollMs = 300;

/** A service that another run keeps up. */
export type Loan = { readonly by: Holder; readonly isStillThere: () => boolean };

/** Makes a service of it that we neither start nor stop. Where that run ends it first, those that need it here cannot go on. */
export function borrow(task: PlannedTask, { by, isStillThere }: Loan): Service {
  let settle: (end: TaskEnd) => void = () => undefined;
  const ended = new Promise<TaskEnd>((resolve) => {
    settle = resolve;
  });
  const poll = setInterval(() => {
    if (!isStillThere()) end(gone(by));
  }, pollMs).unref();
  function end(how: TaskEnd): void {
    clearInterval(poll);
    settle(how);
  }
  const left: TaskEnd = { state: 'skipped', reason: `it belongs to the run with pid ${by.pid}` };
  return { state: 'ready', task, lentBy: by, ended, stop: () => end(left) };
}

/** How to go on where such a service cannot be used here, and why that is so. */
export function goesOn(because: string): string {
  return `it runs there until Ctrl-C${because === '' ? '' : `, and ${because}`}`;
}

/** Why a service of another run is not used for a task, perhaps in no words; undefined where it is. */
export function whyNotUsed(
  task: PlannedTask,
  { identity }: Pick<Lent, 'identity'>,
  isInWatch: boolean,
): string | undefined {
  if (identity !== identityOfService(task)) return 'was started with other params or another config';
  // What is asked for itself is to be kept up here, and a watch has to start its services again.
  const isOursToKeep = isInWatch || (task.work.kind === 'service' && task.work.isKept);
  return isOursToKeep ? '' : undefined;
}

/** Equal for services that do the same, whoever has asked for them. A digest, since the environment may hold secrets. */
export function identityOfService({ work, env, cwd, place }: PlannedTask): string {
  const { command, signs } = work.kind === 'service' ? work : { command: '', signs: [] };
  return digestOfText(JSON.stringify([command, signs, env, cwd, place]));
}

function gone({ pid }: Holder): TaskEnd {
  return failed({
    message: `the run with pid ${pid}, which ran it, has stopped it`,
    exit: exitCodes.task,
    remedy: 'run the same command again: it then starts the service itself',
  });
}
