/** What booting other kernels calls: an emulator for each processor architecture, and what makes a guest's disks. */
import type { CheckResult, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import { installFix } from '../lib/packages.ts';
import { missingAmong } from '../lib/tools.ts';

type Tool = { readonly program: string; readonly apt: string };

/** The kernels come from Debian's packages, which apt fetches and dpkg unpacks: elsewhere there is nothing to install. */
const tools: readonly Tool[] = [
  { program: 'qemu-system-x86_64', apt: 'qemu-system-x86' },
  { program: 'qemu-system-aarch64', apt: 'qemu-system-arm' },
  { program: 'ld.lld', apt: 'lld' },
  { program: 'cpio', apt: 'cpio' },
  { program: 'mke2fs', apt: 'e2fsprogs' },
  { program: 'xz', apt: 'xz-utils' },
  { program: 'zstd', apt: 'zstd' },
];
const keyring: Tool = { program: '/usr/share/keyrings/debian-archive-keyring.gpg', apt: 'debian-archive-keyring' };

export const checks = documented([
  {
    id: 'TC003',
    name: 'kernel-tools',
    question: 'can other kernels be booted here, to test the probe on them?',
    group: 'development',
    about: 'Only `npx tasks kernels` needs this: it boots Debian’s kernels in QEMU and tests the probe on each.',
    fix: 'installing them',
    platforms: ['linux'],
    run: hasTools,
  },
]);

async function hasTools(probe: Probe): Promise<CheckResult> {
  const hasKeyring = await probe.exists(keyring.program);
  const missing = [...(await missingAmong(probe, tools)), ...(hasKeyring ? [] : [keyring])];
  if (missing.length === 0) return { outcome: 'pass', summary: tools.map((tool) => tool.program).join(', ') };
  return {
    outcome: 'warn',
    summary: `not installed: ${missing.map((tool) => tool.program).join(', ')}`,
    cause: 'only `npx tasks kernels` needs them',
    fixes: await installFix(probe, 'install the tools that boot a kernel', {
      apt: missing.map((tool) => tool.apt).join(' '),
    }),
  };
}
