import { withProgramsBelow } from './config/programs.ts';
import type { Env } from './host.ts';
import type { PlannedTask } from './plan.ts';
import type { Session } from './session.ts';

/** The environment of a task's commands: the caller's, then that of its file's `dotenv`, then its own `env`. */
export function environmentOf(
  { host, root, config, dotenv }: Pick<Session, 'host' | 'root' | 'config' | 'dotenv'>,
  { name, cwd, env }: Pick<PlannedTask, 'name' | 'cwd' | 'env'>,
): Env {
  const namespace = config.tasks[name]?.namespace ?? '';
  const callers = withProgramsBelow(host.env, host, { root, cwd });
  return { ...callers, ...dotenv[namespace], ...env };
}
