/** Whether podman answers on a Mac, and how long that is waited for. */
import type { Context } from 'zx-tasks';
import { parseJson } from './read.ts';

const READY_WITHIN_S = 180;
const GRACE_MS = 10_000;
const ASK_EVERY_MS = 1_000;
const SAY_EVERY = 10;

/** What `podman info` gives: the only proof that a machine is usable, and whether it serves containers as root. */
export async function askPodman(context: Context): Promise<'rootful' | 'rootless' | 'silent'> {
  const ran = await context.run(['podman', 'info', '--format', 'json'], { timeoutMs: 10_000 });
  if (ran.code !== 0) return 'silent';
  const info = parseJson(ran.stdout) as { host?: { security?: { rootless?: boolean } } } | undefined;
  if (info === undefined) return 'silent';
  return info.host?.security?.rootless === false ? 'rootful' : 'rootless';
}

/** False where it is still silent then. */
export async function untilAnswers(context: Context, withinMs: number): Promise<boolean> {
  const deadline = context.now() + withinMs;
  for (let asked = 1; (await askPodman(context)) === 'silent'; asked++) {
    if (context.now() >= deadline) return false;
    if (asked % SAY_EVERY === 0) context.log(`  Podman does not answer yet, asked ${asked} times`);
    await context.sleep(ASK_EVERY_MS);
  }
  return true;
}

/** `MACHINE_READY_WITHIN`, in seconds, is for slow machines. */
export function readyWithinMs({ env }: Context): number {
  const seconds = Number(env.MACHINE_READY_WITHIN ?? READY_WITHIN_S);
  return (Number.isFinite(seconds) && seconds > 0 ? seconds : READY_WITHIN_S) * 1000;
}

/** For a machine that says that it runs, or whose start failed: it may be nearly there. */
export function graceMs(context: Context): number {
  return Math.min(GRACE_MS, readyWithinMs(context));
}
