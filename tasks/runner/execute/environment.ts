import { environmentOf } from '../environment.ts';
import type { Env } from '../host.ts';
import type { PlannedTask } from '../plan.ts';
import { aroundVariable } from '../process/inner.ts';
import type { Session } from '../session.ts';
import { writeAround } from './around.ts';

/** The environment of a task's commands, and what they are told of the run around them. */
export function commandEnvironment(
  session: Pick<Session, 'host' | 'root' | 'config' | 'dotenv' | 'servicesOf'>,
  task: PlannedTask,
): Env {
  const { env, pid } = session.host;
  const services = session.servicesOf.get(task.name) ?? [];
  const around = writeAround({ pid, task: task.name, services }, env[aroundVariable]);
  return { ...environmentOf(session, task), [aroundVariable]: around };
}
