import type { Stamped } from './events.ts';

/** Events on their way from the run to the renderer, in order. */
export type EventQueue = AsyncIterable<Stamped> & {
  readonly push: (event: Stamped) => void;
  /** Settles when the reader has dealt with all that was pushed. */
  readonly isShown: () => Promise<void>;
  /** Ends the iteration once all events are taken; with an error, by throwing it. */
  readonly close: (error?: unknown) => void;
  readonly isClosed: () => boolean;
};

/** Makes an empty queue for one reader. */
export function makeEventQueue(): EventQueue {
  let waiting: Stamped[] = [];
  let closed: { readonly error: unknown } | undefined;
  let wake: () => void = () => undefined;
  let isIdle = false;
  const whenIdle: (() => void)[] = [];
  return {
    push: (event) => {
      waiting.push(event);
      isIdle = false;
      wake();
    },
    isShown: () =>
      new Promise((resolve) => {
        if (isIdle) resolve();
        else whenIdle.push(resolve);
      }),
    close: (error) => {
      closed ??= { error };
      wake();
    },
    isClosed: () => closed !== undefined,
    async *[Symbol.asyncIterator]() {
      while (waiting.length > 0 || closed === undefined) {
        const taken = waiting;
        waiting = [];
        yield* taken;
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
