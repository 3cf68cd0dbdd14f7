import { AsyncLocalStorage } from 'node:async_hooks';
import type { Host, Uncaught } from '../host.ts';
import type { Stream } from '../shell.ts';

/** Whose code runs, also in callbacks and in what is not awaited. */
export type Owner = {
  /** As a message calls it: ``check `node` ``. */
  readonly name: string;
  /** Hears what it throws where nobody catches it. */
  readonly onStray: (thrown: unknown) => Uncaught;
  /** Takes what it prints by `console` or `process.stdout`; absent where that goes straight to the terminal. */
  readonly onPrint?: ((stream: Stream, chunk: string | Uint8Array) => Promise<void> | void) | undefined;
};

const owners = new AsyncLocalStorage<Owner>();
let isHeard = false;

/** Does work of a project's own code, for its owner. */
export function runAs<Result>(host: Pick<Host, 'onUncaught' | 'hearPrints'>, owner: Owner, work: () => Result): Result {
  if (!isHeard) {
    host.onUncaught(
      (thrown) => owners.getStore()?.onStray(thrown) ?? 'not-ours',
      () => owners.getStore()?.name,
    );
    host.hearPrints(() => owners.getStore()?.onPrint);
  }
  isHeard = true;
  return owners.run(owner, work);
}
