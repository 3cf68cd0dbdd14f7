import type { ChildProcess } from 'node:child_process';
import type { Host } from '../host.ts';

/** Tells whether a SIGINT came from the terminal, which sends it to all of our group, or from somebody who sent it to us alone. */
export type Canary = {
  /** Called when something is started that Ctrl-C is for. */
  readonly keep: () => void;
  /** Asked after a SIGINT. True where there was nothing yet by which to tell. */
  readonly hasHeard: () => Promise<boolean>;
  readonly close: () => void;
};

/** A run that is over sooner needs none. */
const firstAfterMs = 50;
/** How long the news of its end may take on a busy machine. */
const newsMs = 500;

/** Makes it: a process of our group that waits for nothing, dies of SIGINT as the default is, and ends with us. */
export function makeCanary(host: Pick<Host, 'spawn' | 'sleep' | 'clockMs'>): Canary {
  let timer: NodeJS.Timeout | undefined;
  let current: { readonly child: ChildProcess; readonly died: Promise<true> } | undefined;
  let diedMs = -Infinity;
  let isClosed = false;

  const start = (): void => {
    const child = host.spawn(['/bin/sh', '-c', 'read -r _'], { stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
    child.unref();
    child.stdin?.on('error', () => undefined);
    const died = new Promise<true>((resolve) => {
      child.once('exit', (_, signal) => {
        current = undefined;
        if (signal !== 'SIGINT') return;
        diedMs = host.clockMs();
        resolve(true);
        if (!isClosed) start();
      });
    });
    child.once('error', () => {
      current = undefined;
    });
    current = { child, died };
  };

  return {
    keep: () => {
      timer ??= setTimeout(start, firstAfterMs).unref();
    },
    hasHeard: async () => {
      const isNewsOfNow = host.clockMs() - diedMs < newsMs;
      if (isNewsOfNow || current === undefined) return true;
      return await Promise.race([current.died, host.sleep(newsMs).then(() => false)]);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      current?.child.stdin?.end();
    },
  };
}
