import { usageError } from '../errors.ts';
import type { Plan } from '../plan.ts';

/** What cannot be run again and again without a person is not watched. */
export function refuseToWatch(plan: Pick<Plan, 'doctor' | 'tasks'>): void {
  if (plan.doctor !== undefined) throw usageError('`doctor` cannot be watched', 'leave out `--watch`');
  const interactive = plan.tasks.find((task) => task.interactive && task.skip === undefined);
  if (interactive !== undefined)
    throw usageError(
      `task \`${interactive.name}\` is interactive, so \`--watch\` cannot start it again by itself`,
      'leave out `--watch`',
    );
}
