/** Builds the images of the application and of the profiler, or only those named: the config takes no other words. */
import type { Context } from 'zx-tasks';
import { buildImage, type Target } from '../lib/build.ts';

export async function run(context: Context): Promise<void> {
  const named = context.args as readonly Target[];
  for (const target of named.length > 0 ? named : (['app', 'profiler'] as const)) await buildImage(context, target);
}
