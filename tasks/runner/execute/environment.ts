import { withProgramsBelow } from '../config/programs.ts';
import type { Env } from '../host.ts';
import type { PlannedTask } from '../plan.ts';
import { aroundVariable } from '../process/inner.ts';
import type { Session } from '../session.ts';
import { writeAround } from './around.ts';

/** The environment of a task's commands: the caller's, then that of its file's `dotenv`, then its own `env`. */
export function environmentOf(
  { host, root, config, dotenv }: Pick<Session, 'host' | 'root' | 'config' | 'dotenv'>,
  { name, cwd, env }: Pick<PlannedTask, 'name' | 'cwd' | 'env'>,
): Env {
  const namespace = config.tasks[name]?.namespace ?? '';
  const callers = withProgramsBelow(host.env, host, { root, cwd });
  return { ...callers, ...dotenv[namespace], ...env };
}

/** The same, and what its commands are told of the run around them. */
export function commandEnvironment(
  session: Pick<Session, 'host' | 'root' | 'config' | 'dotenv' | 'servicesOf'>,
  task: PlannedTask,
): Env {
  const { env, pid } = session.host;
  const services = session.servicesOf.get(task.name) ?? [];
  const around = writeAround({ pid, task: task.name, services }, env[aroundVariable]);
  return { ...environmentOf(session, task), [aroundVariable]: around };
}
