import type { Host } from '../../host.ts';
import { cursor } from '../../paint.ts';

/** A list that is drawn over itself again and again. */
export type Drawing = {
  readonly draw: () => void;
  /** Leaves what is drawn; what is drawn next begins below. */
  readonly leave: () => void;
};

export type Pausing = Disposable & { readonly draw: () => void };

/** How often it is asked whether the terminal is ours again. */
const askMs = 500;

/** Lets a list rest while it is stopped by Ctrl-Z or in the background: what stands on the terminal then is the shell's. */
export function pauseInBackground(
  host: Pick<Host, 'onSuspend' | 'isInBackground' | 'write'>,
  { draw, leave }: Drawing,
): Pausing {
  let isPaused = false;
  let timer: NodeJS.Timeout | undefined;
  const pause = (): void => {
    isPaused = true;
    leave();
    host.write(cursor.show);
  };
  const goOn = (): void => {
    clearTimeout(timer);
    if (host.isInBackground()) {
      timer = setTimeout(goOn, askMs);
      return;
    }
    isPaused = false;
    host.write(cursor.hide);
    draw();
  };
  const hearing = host.onSuspend({
    before: pause,
    after: goOn,
    // Stopped then, we could no longer give it back.
    beforeStart: () => {
      if (!isPaused) host.write(cursor.show);
    },
    afterStart: () => {
      if (!isPaused) host.write(cursor.hide);
    },
  });
  if (host.isInBackground()) {
    pause();
    goOn();
  }
  return {
    // What is not drawn now is drawn soon: the list turns as long as it stands.
    draw: () => {
      if (!isPaused && hearing.isHeard()) draw();
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      hearing[Symbol.dispose]();
    },
  };
}
