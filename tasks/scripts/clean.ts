/** Removes what `down` keeps: the images, the base images made here, the traces, and .tasks. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Engine } from 'zx-tasks';
import { baseImages } from '../lib/base-images.ts';
import { unlessForeign } from '../lib/foreign.ts';
import { imageId } from '../lib/images.ts';
import { checkImages, images, project, tracesFolder } from '../lib/stack.ts';
import { emptyState } from '../lib/state-folder.ts';
import { allFiles } from '../lib/trace-files.ts';
import { removeUnfinishedBuilds } from '../lib/unfinished-builds.ts';

export async function run(context: Context): Promise<void> {
  const engine = await context.engine();
  await removeUnfinishedBuilds(context, engine);
  const bases = baseImages.map((image) => image.bootstrapped).reverse();
  for (const name of [...Object.values({ ...images, ...checkImages }), ...bases])
    await removeImage(context, engine, name);
  await context.run([...engine.command, 'image', 'prune', '-f', '--filter', `label=io.tasks.project=${project}`]);
  await unlessForeign(context.root, tracesFolder, async () => {
    for (const name of allFiles) await rm(join(context.root, tracesFolder, name), { force: true });
  });
  // The engine's settings go last of all: the commands above needed them.
  const others = await unlessForeign(context.root, '.tasks', () => emptyState(context));
  if (others.length > 0)
    context.log(
      `.tasks/locks and .tasks/state are kept, because other runs are in progress: ${others.map((task) => `\`${task}\``).join(', ')}`,
    );
}

async function removeImage(context: Context, engine: Engine, name: string): Promise<void> {
  if ((await imageId(context.run, engine, name)) === undefined) return;
  const removed = await context.run([...engine.command, 'rmi', name]);
  context.log(removed.code === 0 ? `removed ${name}` : `${name} stays: ${removed.stderr.trim()}`);
}
