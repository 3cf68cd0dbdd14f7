/** Those who listen to signals of ours. Node's own events are costly to load, and most runs end without one. */
const listenersOf = new WeakMap<AbortSignal, Set<() => void>>();

/** Makes a controller to whose signal `onAbort` listens without Node's events. */
export function makeCanceller(): AbortController {
  const controller = new AbortController();
  const listeners = new Set<() => void>();
  listenersOf.set(controller.signal, listeners);
  const abort = (reason?: unknown): void => {
    if (controller.signal.aborted) return;
    AbortController.prototype.abort.call(controller, reason);
    for (const listener of [...listeners]) listener();
  };
  return Object.assign(controller, { abort });
}

/** Calls back when a signal is aborted, whose ever it is; what it gives ends that. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const listeners = listenersOf.get(signal);
  if (listeners === undefined) {
    signal.addEventListener('abort', listener, { once: true });
    return () => signal.removeEventListener('abort', listener);
  }
  listeners.add(listener);
  return () => listeners.delete(listener);
}
