import type { Host } from '../host.ts';

/** Waits for so long, or until it is cancelled. */
export async function pause(host: Pick<Host, 'sleep'>, ms: number, signal: AbortSignal): Promise<void> {
  await host.sleep(ms, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
