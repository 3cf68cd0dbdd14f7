/** How .tasks is removed under runs that go on. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'zx-tasks';
import { namesIn } from './read.ts';

/** What other runs go by: who holds what, and what they will leave behind if they are killed. */
const ofRuns: readonly string[] = ['locks', 'state'];

/** Empties .tasks. Where other runs of the checkout go on, what they rely on stays; gives the tasks that they hold. */
export async function emptyState({
  root,
  heldByOthers,
}: Pick<Context, 'root' | 'heldByOthers'>): Promise<readonly string[]> {
  const folder = join(root, '.tasks');
  const others = heldByOthers();
  const names = (await namesIn(folder)).filter((name) => others.length === 0 || !ofRuns.includes(name));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  return others;
}
