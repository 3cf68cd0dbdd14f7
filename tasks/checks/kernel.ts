/** Will this kernel take the probe? On macOS these are questions to the machine's kernel, which the profiler itself answers. */
import type { CheckResult, Probe } from 'zx-tasks';
import { documented } from '../lib/docs.ts';

export const checks = documented([
  {
    id: 'KN001',
    name: 'kernel-btf',
    question: 'does the kernel describe its types (BTF)?',
    group: 'kernel',
    platforms: ['linux'],
    about: 'The probe adapts to the kernel by the kernel’s own type information, /sys/kernel/btf/vmlinux.',
    fix: 'a kernel of the distribution, 5.10 or newer',
    run: hasBtf,
  },
  {
    id: 'KN002',
    name: 'kernel-lockdown',
    question: 'does the kernel let root load tracing programs?',
    group: 'kernel',
    platforms: ['linux'],
    about: 'In lockdown’s confidentiality mode no program may read kernel memory.',
    fix: 'booting without it',
    run: allowsTracing,
  },
]);

async function hasBtf(probe: Probe): Promise<CheckResult> {
  const path = '/sys/kernel/btf/vmlinux';
  if (await probe.exists(path)) return { outcome: 'pass', summary: path };
  const release = (await probe.run(['uname', '-r'])).stdout.trim();
  return {
    outcome: 'fail',
    summary: `${path} is missing (kernel ${release || 'unknown'})`,
    cause: 'the kernel was built without CONFIG_DEBUG_INFO_BTF, so the probe cannot adapt to it',
    fixes: [
      {
        about: 'start a kernel of the distribution (5.10 or newer, with BTF)',
        command: 'uname -r; grep BTF /boot/config-$(uname -r)',
        byHand: true,
      },
    ],
  };
}

async function allowsTracing(probe: Probe): Promise<CheckResult> {
  const lockdown = (await probe.read('/sys/kernel/security/lockdown')) ?? '';
  const mode = /\[(\w+)\]/.exec(lockdown)?.[1] ?? 'none';
  if (mode !== 'confidentiality') return { outcome: 'pass', summary: `lockdown: ${mode}` };
  return {
    outcome: 'fail',
    summary: 'kernel lockdown is in confidentiality mode',
    cause: 'in this mode no program may read kernel memory, eBPF included',
    fixes: [{ about: 'boot without it', command: 'grep -o "lockdown=[a-z]*" /proc/cmdline', byHand: true }],
  };
}
