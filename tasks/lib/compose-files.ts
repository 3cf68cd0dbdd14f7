/** The compose file, and what is added to it for the system that the containers run on. */
import type { Engine } from 'zx-tasks';
import { chargesLockedMemory } from '../../container/profiler/src/machine.ts';
import { toEngineInfo } from './engine-info.ts';
import { composeFile, oldKernelsFile, selinuxFile } from './stack.ts';

export function composeFiles({ info }: Pick<Engine, 'info'>): readonly string[] {
  const { kernel = '', hasSelinux = false } = toEngineInfo(info) ?? {};
  return [composeFile, ...(chargesLockedMemory(kernel) ? [oldKernelsFile] : []), ...(hasSelinux ? [selinuxFile] : [])];
}
