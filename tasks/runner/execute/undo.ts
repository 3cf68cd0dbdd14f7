import { messageOf } from '../errors.ts';
import type { Session } from '../session.ts';

/** How long all undos together may take. */
const boundMs = 60_000;

/** Takes back, last first, what scripts have started. A second interrupt, or the bound, ends it. */
export async function undoAll({ undos, stop, host, emit }: Session): Promise<void> {
  const deadlineMs = host.clockMs() + boundMs;
  for (const { task, undo } of undos.splice(0).reverse()) {
    if (stop.signal.aborted) return;
    const leftMs = deadlineMs - host.clockMs();
    const problem = await attempt(undo, leftMs, stop.signal);
    if (problem !== undefined)
      emit({ type: 'notice-given', text: `what \`${task}\` started could not be undone: ${problem}` });
  }
}

async function attempt(undo: () => Promise<void>, leftMs: number, stop: AbortSignal): Promise<string | undefined> {
  const bound = AbortSignal.any([stop, AbortSignal.timeout(Math.max(0, Math.ceil(leftMs)))]);
  const ended = new Promise<string>((resolve) => {
    bound.addEventListener('abort', () => resolve(stop.aborted ? 'interrupted' : 'it took too long'), { once: true });
  });
  return await Promise.race([undo().then(() => undefined, messageOf), ended]);
}
