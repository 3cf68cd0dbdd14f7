/** The compose file, and what is added to it for the kernel that the containers run on. */
import type { Context } from 'zx-tasks';
import { composeFile, oldKernelsFile } from './stack.ts';

/** A machine's kernel (macOS) is never that old. */
export async function composeFiles(context: Pick<Context, 'platform' | 'run'>): Promise<readonly string[]> {
  if (context.platform.os !== 'linux') return [composeFile];
  const { stdout } = await context.run(['uname', '-r']);
  return countsLockedMemory(stdout) ? [composeFile, oldKernelsFile] : [composeFile];
}

/** Kernels before 5.11 count maps against RLIMIT_MEMLOCK; later ones against the memory of the cgroup. */
function countsLockedMemory(release: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  if (major === undefined) return false;
  return Number(major) < 5 || (major === '5' && Number(minor) < 11);
}
