/** The compose file, and what is added to it for the system that the containers run on. */
import type { Context, Engine } from 'zx-tasks';
import { chargesLockedMemory } from '../../container/profiler/src/machine.ts';
import { readEngineInfo } from './engine-info.ts';
import { composeFile, oldKernelsFile, selinuxFile } from './stack.ts';

export async function composeFiles(
  context: Pick<Context, 'platform' | 'run'>,
  engine: Engine,
): Promise<readonly string[]> {
  const info = await readEngineInfo({ ask: context.run }, engine);
  const forKernel = (await isOldKernel(context)) ? [oldKernelsFile] : [];
  return [composeFile, ...forKernel, ...(info?.hasSelinux === true ? [selinuxFile] : [])];
}

/** A machine's kernel (macOS) is never that old. */
async function isOldKernel({ platform, run }: Pick<Context, 'platform' | 'run'>): Promise<boolean> {
  return platform.os === 'linux' && chargesLockedMemory((await run(['uname', '-r'])).stdout);
}
