/** The programs that booting a kernel takes. Nothing is installed from here: `doctor` does that. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Kernel } from './list.ts';

const EMULATORS = { x64: 'qemu-system-x86_64', arm64: 'qemu-system-aarch64' };
const OTHERS = ['apt-get', 'dpkg', 'cpio', 'mke2fs', 'xz', 'zstd', 'npm', 'tar', 'clang', 'ld.lld', 'bpftool'];
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];

/** Throws with all that is missing. */
export function requireTools(kernels: readonly Kernel[]): void {
  const needed = [...new Set([...kernels.map(({ arch }) => EMULATORS[arch]), ...OTHERS])];
  const missing = needed.filter((program) => !FOLDERS.some((folder) => existsSync(join(folder, program))));
  if (missing.length === 0) return;
  throw new Error(
    `not installed: ${missing.join(', ')}\nhint: npx tasks doctor --strict --fix kernel-tools host-toolchain`,
  );
}
