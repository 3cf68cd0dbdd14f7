/** Builds the image in which `bpf:build` compiles. */
import type { Context } from 'zx-tasks';
import { buildImage } from '../../lib/build.ts';

export async function run(context: Context): Promise<void> {
  await buildImage(context, 'toolchain');
}
