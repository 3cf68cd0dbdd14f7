/** The compose file, and what is added to it for the system that the containers run on. */
import type { Context, Engine } from 'zx-tasks';
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
  return platform.os === 'linux' && countsLockedMemory((await run(['uname', '-r'])).stdout);
}

/** Kernels before 5.11 count maps against RLIMIT_MEMLOCK; later ones against the memory of the cgroup. */
function countsLockedMemory(release: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  if (major === undefined) return false;
  return Number(major) < 5 || (major === '5' && Number(minor) < 11);
}
