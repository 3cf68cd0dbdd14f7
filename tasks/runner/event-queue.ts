import type { Stamped } from './events.ts';

/** Events on their way from the run to the renderer, in order. */
export type EventQueue = AsyncIterable<Stamped> & {
  readonly push: (event: Stamped) => void;
  /** Settles when the reader has dealt with all that was pushed. */
  readonly isShown: () => Promise<void>;
  /** Ends the iteration once all events are taken; with an error, by throwing it. */
  readonly close: (error?: unknown) => void;
  readonly isClosed: () => boolean;
  /** All that the reader has not dealt with; it gets that no more. */
  readonly takeRest: () => readonly Stamped[];
};

/** Makes an empty queue for one reader. */
export function makeEventQueue(): EventQueue {
  let waiting: Stamped[] = [];
  let taken: Stamped[] = [];
  /** The first that the reader has not dealt with. */
  let next = 0;
  let closed: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  /** Once: to settle again what has settled costs more than the first time. */
  const wakeReader = (): void => {
    wake?.();
    wake = undefined;
  };
  let isIdle = false;
  const whenIdle: (() => void)[] = [];
  return {
    push: (event) => {
      waiting.push(event);
      isIdle = false;
      wakeReader();
    },
    isShown: () =>
      new Promise((resolve) => {
        if (isIdle) resolve();
        else whenIdle.push(resolve);
      }),
    close: (error) => {
      closed ??= { error };
      wakeReader();
    },
    isClosed: () => closed !== undefined,
    takeRest: () => {
      const rest = [...taken.slice(next), ...waiting];
      next = taken.length;
      waiting = [];
      return rest;
    },
    async *[Symbol.asyncIterator]() {
      while (waiting.length > 0 || closed === undefined) {
        taken = waiting;
        waiting = [];
        for (next = 0; next < taken.length; next++) yield taken[next] as Stamped;
        isIdle = waiting.length === 0 && closed === undefined;
        if (!isIdle) continue;
        for (const tell of whenIdle.splice(0)) tell();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (closed.error !== undefined) throw closed.error;
    },
  };
}
