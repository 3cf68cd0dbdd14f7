/** Stops and removes the stack's containers and network. Images, traces and .tasks stay. */
import { type Context, type Outcome, skip } from 'zx-tasks';
import { findProject } from '../lib/containers.ts';
import { removeContainers, removeNetworkIfUnused } from '../lib/remove.ts';

export async function run(context: Context): Promise<Outcome> {
  const engine = await context.engine();
  const { containers: all, abandoned } = await findProject(context.run, engine);
  const ours = all.filter((each) => each.root === context.root);
  const foreign = all.filter((each) => each.root !== context.root);
  for (const each of foreign) {
    context.log(
      `\`${each.name}\` was started from ${each.root ?? 'an unknown folder'} and is left alone; there: npx tasks down`,
    );
  }
  for (const each of abandoned)
    context.log(`removing \`${each.name}\`, in which an interrupted check was starting a container`);
  await removeContainers(context, engine, [...ours, ...abandoned]);
  if (foreign.length === 0) await removeNetworkIfUnused(context, engine);
  return ours.length === 0 ? skip('nothing of ours is running') : undefined;
}
