import type { ChildProcess } from 'node:child_process';
import type { Host } from '../host.ts';
import { findProcess, hasPending } from './list.ts';

/** Tells whether a SIGINT came from the terminal, which sends it to all of our group, or from somebody who sent it to us alone. */
export type Canary = {
  /** Called before something is started that Ctrl-C is for; `atOnce` where a SIGINT that is not a Ctrl-C is not for it. */
  readonly keep: (atOnce: boolean) => void;
  /** Asked after a SIGINT. True where there was nothing yet by which to tell. */
  readonly hasHeard: () => Promise<boolean>;
  /** Whether it dies of one, or has died of one a moment ago: we may not have heard of that yet. */
  readonly isDying: () => boolean;
  readonly close: () => void;
};

/** A run that is over sooner needs none. */
const firstAfterMs = 50;
/** How long the news of its end may take on a busy machine. */
const newsMs = 500;

/**
 * Makes it: a process of our group that waits for nothing, dies of SIGINT as the default is, and ends with us. A shell's own
 * `read` would deal with the signal first, and it could no longer be seen.
 */
export function makeCanary(host: Pick<Host, 'spawn' | 'sleep' | 'clockMs' | 'untilSignalsAreHeard'>): Canary {
  let timer: NodeJS.Timeout | undefined;
  let current: { readonly child: ChildProcess; readonly died: Promise<true>; isSettled: boolean } | undefined;
  let diedMs = -Infinity;

  const start = (): void => {
    clearTimeout(timer);
    const child = host.spawn(['/bin/sh', '-c', 'exec cat'], { stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
    child.unref();
    child.stdin?.on('error', () => undefined);
    const died = new Promise<true>((resolve) => {
      child.once('exit', (_, signal) => {
        current = undefined;
        if (signal !== 'SIGINT') return;
        diedMs = host.clockMs();
        resolve(true);
        start();
      });
    });
    child.once('error', () => {
      current = undefined;
    });
    const started = { child, died, isSettled: false };
    current = started;
    // Of what was sent before it was there it knows nothing.
    void host.untilSignalsAreHeard().then(() => {
      started.isSettled = true;
    });
  };

  const isDying = (): boolean => {
    const { pid } = current?.child ?? {};
    return host.clockMs() - diedMs < newsMs || (pid !== undefined && hasPending(pid, ['SIGINT']));
  };

  return {
    keep: (atOnce) => {
      if (current !== undefined) return;
      if (atOnce) start();
      else timer ??= setTimeout(start, firstAfterMs).unref();
    },
    hasHeard: async () => {
      if (isDying() || current?.isSettled !== true) return true;
      const { child, died } = current;
      return await Promise.race([died, host.sleep(newsMs).then(() => hasEnded(child))]);
    },
    isDying,
    close: () => {
      clearTimeout(timer);
      current?.child.stdin?.end();
    },
  };
}

/** Asked of the system: on a busy machine the news may come after the time for it. */
function hasEnded({ pid }: ChildProcess): boolean {
  return pid !== undefined && findProcess(pid)?.isZombie !== false;
}
