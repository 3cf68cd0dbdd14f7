import type { Finding } from '../finding.ts';
import { findTask } from '../names.ts';
import { postOrder } from '../post-order.ts';
import type { Config, TaskRow } from '../types.ts';

/** Each cycle once, with its whole path, at the need that closes it. */
export function cycles(config: Config): Finding[] {
  const findings: Finding[] = [];
  const needsOf = (task: TaskRow): Set<TaskRow> => new Set(task.needs.flatMap((need) => findTask(config, need) ?? []));
  postOrder(Object.values(config.tasks), needsOf, (trail) => findings.push(cycleFinding(config, trail)));
  return findings;
}

function cycleFinding(config: Config, trail: readonly TaskRow[]): Finding {
  const [first, last] = [trail[0], trail.at(-1)];
  const index = last?.needs.findIndex((need) => findTask(config, need) === first) ?? 0;
  const message =
    first === last
      ? `task \`${first?.name}\` needs itself`
      : `tasks need each other in a cycle: ${[...trail, first].map((step) => `\`${step?.name}\``).join(' → ')}`;
  return { path: ['tasks', last?.name ?? '', 'needs', index], at: 'value', message };
}
