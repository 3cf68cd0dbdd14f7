import type { Env } from '../host.ts';
import type { PlannedTask } from '../plan.ts';
import type { Session } from '../session.ts';

/** Lists, as `pid/task`, the tasks inside of which a command runs, so that one that starts itself is told from two runs. */
const withinName = 'TASKS_WITHIN';

/** The environment of a task's commands: the caller's, then that of its file's `dotenv`, then its own `env`. */
export function environmentOf(
  { host, config, dotenv }: Pick<Session, 'host' | 'config' | 'dotenv'>,
  task: Pick<PlannedTask, 'name' | 'env'>,
): Env {
  const namespace = config.tasks[task.name]?.namespace ?? '';
  const outer = host.env[withinName];
  const own = `${host.pid}/${task.name}`;
  return {
    ...host.env,
    ...dotenv[namespace],
    ...task.env,
    [withinName]: outer === undefined ? own : `${outer} ${own}`,
  };
}

/** Whether we run inside of that task of that run. */
export function runsInside(env: Env, pid: number, task: string): boolean {
  return (env[withinName] ?? '').split(' ').includes(`${pid}/${task}`);
}
