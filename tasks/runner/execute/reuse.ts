import type { Holder } from '../events.ts';
import type { Env } from '../host.ts';
import { type Claim, readClaim, writeClaim } from '../locks/holder.ts';
import { announceWaiting, readResult } from '../locks/result.ts';
import type { Plan, PlannedTask } from '../plan.ts';
import { aroundVariable } from '../process/inner.ts';
import { digestOfText } from '../text/digest.ts';

/** The claims for which a task has waited, in their order. */
export type Wait = readonly string[];

/** Asks each new holder for its result. */
export function waitFor(by: Claim, lock: string, wait: Wait = []): Wait {
  const claim = writeClaim(by);
  if (wait.at(-1) === claim) return wait;
  announceWaiting(lock);
  return [...wait, claim];
}

/** Which success of another run can stand for this one's: of what began while this one waited, or of any that ended then. */
export type Reuse = 'none' | 'begun-meanwhile' | 'ended-meanwhile';

/**
 * What has begun before may have read what was changed since. Where there are `inputs`, they tell; of a script nobody knows
 * when its files were read; and after a fix its check is asked.
 */
export function reuseOf({ tracked, work }: PlannedTask, { force, isFix }: Pick<Plan, 'force' | 'isFix'>): Reuse {
  if (tracked !== undefined || force) return 'none';
  if (isFix) return 'ended-meanwhile';
  return work.kind === 'run' ? 'begun-meanwhile' : 'none';
}

/** The claims whose result may be taken over. Only the first holder had begun before the wait. */
export function claimsOf(wait: Wait, reuse: Reuse): Wait {
  if (reuse === 'none') return [];
  return reuse === 'begun-meanwhile' ? wait.slice(1) : wait;
}

/** Which of these has done the same with success, last of all. */
export function doneBy(claims: Wait, lock: string, identity: () => string): Holder | undefined {
  if (claims.length === 0) return undefined;
  const result = readResult(lock);
  if (result?.succeeded !== true || !claims.includes(result.claim)) return undefined;
  return result.identity === identity() ? readClaim(result.claim) : undefined;
}

/** Equal for tasks that do the same in the same environment. A digest, since that may hold secrets. */
export function identityOf(task: PlannedTask, env: Env): string {
  const { work, finally: lastSteps, params, args, rest, cwd, place } = task;
  const seen = Object.entries(env)
    .filter(([name]) => !ofOneShell.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([work, lastSteps, params, args, rest, task.env, cwd, place, seen]);
  return digestOfText(text);
}

/** Variables that differ between any two shells, and tell nothing but which shell it is. */
const ofOneShell: ReadonlySet<string> = new Set([
  aroundVariable,
  '_',
  'SHLVL',
  'OLDPWD',
  'WINDOWID',
  'TERM_SESSION_ID',
  'ITERM_SESSION_ID',
  'SHELL_SESSION_ID',
  'XDG_SESSION_ID',
  'WT_SESSION',
  'TMUX_PANE',
  'KITTY_WINDOW_ID',
  'ALACRITTY_WINDOW_ID',
  'WEZTERM_PANE',
  'GNOME_TERMINAL_SCREEN',
]);
