/** Builds the images of the application and of the profiler, or only those named. */
import { type Context, TaskFailure } from 'zx-tasks';
import { buildImage, isTarget } from '../lib/build.ts';

export async function run(context: Context): Promise<void> {
  const targets = context.args.length > 0 ? context.args : ['app', 'profiler'];
  for (const target of targets) {
    if (!isTarget(target)) {
      throw new TaskFailure(`there is no image \`${target}\`; there are \`app\`, \`profiler\` and \`toolchain\``, {
        remedy: 'npx tasks build app',
        exitCode: 2,
      });
    }
    await buildImage(context, target);
  }
}
