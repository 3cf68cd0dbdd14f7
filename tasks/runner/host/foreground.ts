import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether the terminal is somebody else's, as behind `&` or after `bg`: what is drawn there is drawn over a prompt. */
export function isInBackground(): boolean {
  const [group = 0, foreground = 0] = groups();
  return foreground > 0 && group !== foreground;
}

/** Our process group, and the one to which the terminal belongs. */
function groups(): readonly number[] {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [Number(fields[2]), Number(fields[5])];
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], { encoding: 'utf8' });
    return (stdout ?? '').trim().split(/\s+/).map(Number);
  }
}

/** After this time a process that was to be stopped runs: nobody is there to wake it, so the system has not stopped it. */
const orphanMs = 100;

let current: { readonly suspend: () => void; readonly listener: SuspendListener } | undefined;
/** How many processes were started so lately that we may have been stopped meanwhile without having heard of it. */
let unheard = 0;

export type SuspendListener = {
  /** Called before the terminal stops us by Ctrl-Z. */
  readonly before: () => void;
  /** Called when we go on. */
  readonly after: () => void;
  /** Called before a process is started: Ctrl-Z may stop us in the midst of that, and `before` is not called. */
  readonly beforeStart: () => void;
  /** Called when that is over. */
  readonly afterStart: () => void;
};

/** Hears of stops until disposed. */
export type Suspending = Disposable & {
  /** False where we may have been stopped without having heard of it: what has been drawn may have been left behind. */
  readonly isHeard: () => boolean;
};

/** Calls back before the terminal stops us by Ctrl-Z, and when we go on; where we were stopped otherwise, both then. */
export function onSuspend(listener: SuspendListener): Suspending {
  const { before, after } = listener;
  let timer: NodeJS.Timeout | undefined;
  const suspend = (): void => {
    before();
    // What would have happened without us: only so does the shell tell it as a stop by Ctrl-Z.
    process.off('SIGTSTP', suspend);
    // After a stop this is due, too, and comes before SIGCONT, which goes on by itself.
    const own = setTimeout(() => {
      afterSignals(() => {
        if (timer === own) goOn();
      });
    }, orphanMs);
    timer = own;
    process.kill(process.pid, 'SIGTSTP');
  };
  const goOn = (): void => {
    if (timer === undefined) before();
    else process.on('SIGTSTP', suspend);
    clearTimeout(timer);
    timer = undefined;
    after();
  };
  current = { suspend, listener };
  process.on('SIGTSTP', suspend).on('SIGCONT', goOn);
  return {
    isHeard: () => unheard === 0,
    [Symbol.dispose]: () => {
      current = undefined;
      clearTimeout(timer);
      timer = undefined;
      process.off('SIGTSTP', suspend).off('SIGCONT', goOn);
    },
  };
}

/** Calls back when the signals of now have been heard: Node hears them when it polls, as it does between two immediates. */
export function afterSignals(then: () => void): void {
  setImmediate(() => setImmediate(then));
}

/**
 * Starts a process so that Ctrl-Z stops us in the midst of that, too: the new process is stopped in any case, perhaps before it
 * has told that it is there, and for that we wait. Ctrl-Z that came just before, and of which we have not heard by now, is lost
 * with the listener, and has to be pressed again.
 */
export function whileStoppable<Result>(start: () => Result): Result {
  const hearing = current;
  if (hearing === undefined || !process.listeners('SIGTSTP').includes(hearing.suspend)) return start();
  if (unheard === 0) hearing.listener.beforeStart();
  process.off('SIGTSTP', hearing.suspend);
  try {
    return start();
  } finally {
    process.on('SIGTSTP', hearing.suspend);
    unheard++;
    afterSignals(() => {
      unheard--;
      if (unheard === 0 && current === hearing) hearing.listener.afterStart();
    });
  }
}
