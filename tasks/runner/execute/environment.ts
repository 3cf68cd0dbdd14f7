import type { Env } from '../host.ts';
import type { PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';

/** The environment of a task's commands: the caller's, then that of its file's `dotenv`, then its own `env`. */
export function environmentOf(
  { host, config, dotenv }: Pick<Session, 'host' | 'config' | 'dotenv'>,
  task: Pick<PlannedTask, 'name' | 'env'>,
): Env {
  const namespace = config.tasks[task.name]?.namespace ?? '';
  return { ...host.env, ...dotenv[namespace], ...task.env };
}
