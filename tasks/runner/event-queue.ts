import type { Stamped } from './events.ts';

/** Events on their way from the run to the renderer, in order. */
export type EventQueue = AsyncIterable<Stamped> & {
  readonly push: (event: Stamped) => void;
  /** Ends the iteration once all events are taken; with an error, by throwing it. */
  readonly close: (error?: unknown) => void;
};

/** Makes an empty queue for one reader. */
export function makeEventQueue(): EventQueue {
  let waiting: Stamped[] = [];
  let closed: { readonly error: unknown } | undefined;
  let wake: () => void = () => undefined;
  return {
    push: (event) => {
      waiting.push(event);
      wake();
    },
    close: (error) => {
      closed ??= { error };
      wake();
    },
    async *[Symbol.asyncIterator]() {
      while (waiting.length > 0 || closed === undefined) {
        const taken = waiting;
        waiting = [];
        yield* taken;
        const isIdle = waiting.length === 0 && closed === undefined;
        if (isIdle)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      if (closed.error !== undefined) throw closed.error;
    },
  };
}
