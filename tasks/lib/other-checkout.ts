/** Another checkout's stack has the same names; it is named, and never touched. */
import { type Context, type Engine, TaskFailure } from 'zx-tasks';
import type { Container } from './containers.ts';
import { engineCommand, stopIn } from './shell-word.ts';

export function refuseOtherCheckout(context: Context, engine: Engine, containers: readonly Container[]): void {
  const other = containers.find((each) => each.root !== context.root);
  if (other === undefined) return;
  const where = other.root ?? 'an unknown folder';
  throw new TaskFailure(`\`${other.name}\` was started from ${where}, and two stacks cannot run at once`, {
    remedy: other.root === undefined ? engineCommand(engine, 'rm', '-f', other.name) : stopIn(other.root),
  });
}
