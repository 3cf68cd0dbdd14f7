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

let current: (() => void) | undefined;
/** How many processes were started so lately that we may have been stopped meanwhile without having heard of it. */
let unheard = 0;

/** Hears of stops until disposed. */
export type Suspending = Disposable & {
  /** False where we may have been stopped without having heard of it: what has been drawn may have been left behind. */
  readonly isHeard: () => boolean;
};

/** Calls back before the terminal stops us by Ctrl-Z, and when we go on; where we were stopped otherwise, both then. */
export function onSuspend(before: () => void, after: () => void): Suspending {
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
  current = suspend;
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
function afterSignals(then: () => void): void {
  setImmediate(() => setImmediate(then));
}

/**
 * Starts a process so that Ctrl-Z stops us in the midst of that, too: the new process is stopped in any case, perhaps before it
 * has told that it is there, and for that we wait. Ctrl-Z that came just before, and of which we have not heard by now, is lost
 * with the listener, and has to be pressed again.
 */
export function whileStoppable<Result>(start: () => Result): Result {
  const suspend = current;
  if (suspend === undefined || !process.listeners('SIGTSTP').includes(suspend)) return start();
  process.off('SIGTSTP', suspend);
  try {
    return start();
  } finally {
    process.on('SIGTSTP', suspend);
    unheard++;
    afterSignals(() => unheard--);
  }
}
