import type { Finding, Path } from '../finding.ts';
import { findTask } from '../names.ts';
import type { Config, TaskRow } from '../types.ts';

/** Each cycle once, with its whole path, at the need that closes it. */
export function cycles(config: Config): Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  const visit = (task: TaskRow, trail: readonly string[]): void => {
    if (done.has(task.name)) return;
    const here = [...trail, task.name];
    for (const [index, need] of task.needs.entries()) {
      const next = findTask(config, need);
      const start = next === undefined ? -1 : here.indexOf(next.name);
      if (next === undefined) continue;
      if (start === -1) visit(next, here);
      else findings.push(cycleFinding([...here.slice(start), next.name], ['tasks', task.name, 'needs', index]));
    }
    done.add(task.name);
  };
  for (const task of Object.values(config.tasks)) visit(task, []);
  return findings;
}

function cycleFinding(trail: readonly string[], path: Path): Finding {
  const isOwnNeed = trail.length === 2;
  const [name = ''] = trail;
  const message = isOwnNeed
    ? `task \`${name}\` needs itself`
    : `tasks need each other in a cycle: ${trail.map((step) => `\`${step}\``).join(' → ')}`;
  return { path, at: 'value', message };
}
