import type { Event } from '../../events.ts';
import { keepLast } from '../../text/last-lines.ts';

/** What services have said last, told with the failure of a task that needed them. */
export type ServiceTails = {
  readonly on: (event: Event) => void;
  /** Lines to be shown below the failure, each service's below its name. */
  readonly of: (task: string) => readonly string[];
};

/** Makes them for one run. */
export function makeServiceTails(): ServiceTails {
  const needs = new Map<string, readonly string[]>();
  const services = new Set<string>();
  const tails = new Map<string, string[]>();
  const told = new Map<string, readonly string[]>();

  const needed = (task: string, found = new Set<string>()): ReadonlySet<string> => {
    for (const need of needs.get(task) ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      needed(need, found);
    }
    return found;
  };
  const tell = (task: string): readonly string[] =>
    [...needed(task)].flatMap((name) => {
      const lines = services.has(name) ? (tails.get(name) ?? []) : [];
      return lines.length === 0
        ? []
        : [`  last lines of the service \`${name}\`:`, ...lines.map((line) => `    ${line}`)];
    });

  return {
    on: (event) => {
      if (event.type === 'run-started') for (const task of event.tasks) needs.set(task.name, task.needs);
      if (event.type === 'service-ready') services.add(event.task);
      if (event.type === 'task-output') {
        const tail = tails.get(event.task) ?? [];
        keepLast(tail, event.line);
        tails.set(event.task, tail);
      }
      // Later it speaks of its own end.
      if (event.type === 'task-finished' && event.end.state === 'failed') told.set(event.task, tell(event.task));
    },
    of: (task) => told.get(task) ?? [],
  };
}
