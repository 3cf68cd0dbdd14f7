import { environmentOf } from '../environment.ts';
import type { Host } from '../host.ts';
import type { Understanding } from './sources.ts';

/** What each task is, with its variables: another text, another task. */
export function definitionsOf(host: Host, { project, plan }: Understanding): ReadonlyMap<string, string> {
  const session = { ...project, host: { ...host, env: project.env } };
  return new Map(plan.tasks.map((task) => [task.name, JSON.stringify([task, environmentOf(session, task)])]));
}
