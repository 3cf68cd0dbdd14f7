import type { Env } from '../host.ts';
import type { PlannedTask } from '../plan.ts';
import { aroundVariable } from '../process/inner.ts';
import type { Session } from '../session.ts';
import { writeAround } from './around.ts';

/** The environment of a task's commands: the caller's, then that of its file's `dotenv`, then its own `env`. */
export function environmentOf(
  { host, config, dotenv }: Pick<Session, 'host' | 'config' | 'dotenv'>,
  task: Pick<PlannedTask, 'name' | 'env'>,
): Env {
  const namespace = config.tasks[task.name]?.namespace ?? '';
  return { ...host.env, ...dotenv[namespace], ...task.env };
}

/** The same, and what its commands are told of the run around them. */
export function commandEnvironment(
  session: Pick<Session, 'host' | 'config' | 'dotenv' | 'servicesOf'>,
  task: PlannedTask,
): Env {
  const { env, pid } = session.host;
  const services = session.servicesOf.get(task.name) ?? [];
  const around = writeAround({ pid, task: task.name, services }, env[aroundVariable]);
  return { ...environmentOf(session, task), [aroundVariable]: around };
}
