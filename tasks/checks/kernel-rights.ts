/** May eBPF be loaded here: capabilities, seccomp, and a kernel with a ring buffer. */
import type { CheckResult, Probe } from 'zx-tasks';
import { BPF, boundingSet, PERFMON, SYS_ADMIN } from '../lib/capabilities.ts';
import { documented } from '../lib/docs.ts';
import type { EngineInfo } from '../lib/engine-info.ts';
import { lastLine } from '../lib/ran.ts';
import { withEngineInfo } from '../lib/subjects.ts';

const OLDEST_KERNEL = '>=5.8';

export const checks = documented([
  {
    id: 'KN003',
    name: 'kernel-capabilities',
    question: 'may root load eBPF here?',
    group: 'kernel',
    platforms: ['linux'],
    about:
      'A container or sandbox may withhold CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN, which includes both) from everybody in it, even from root.',
    fix: 'starting the environment with these capabilities',
    run: hasCapabilities,
  },
  {
    id: 'KN004',
    name: 'kernel-seccomp',
    question: 'does seccomp allow the bpf system call?',
    group: 'kernel',
    platforms: ['linux'],
    about: 'Container engines filter system calls, and most filters refuse bpf().',
    fix: 'starting the environment without such a filter',
    run: letsBpfPass,
  },
  {
    id: 'KN005',
    name: 'kernel-version',
    question: 'does the kernel that runs containers have BPF ring buffers (5.8 or newer)?',
    group: 'kernel',
    needs: ['EN002'],
    about: 'The probe passes its events on in a ring buffer, which kernels have had since 5.8.',
    fix: 'a newer kernel; on macOS a newer machine image',
    run: withEngineInfo(isNewEnough),
  },
]);

async function hasCapabilities(probe: Probe): Promise<CheckResult> {
  const bounding = await boundingSet(probe);
  if (bounding === undefined)
    return { outcome: 'could-not-check', summary: 'unknown', cause: '/proc/self/status has no line CapBnd' };
  const { text, has } = bounding;
  if (has(SYS_ADMIN) || (has(BPF) && has(PERFMON)))
    return { outcome: 'pass', summary: `root has what eBPF needs (CapBnd ${text})` };
  return {
    outcome: 'fail',
    summary: 'CAP_BPF and CAP_PERFMON are not available here',
    cause: 'this container or sandbox was started without them, so not even root in it has them',
    fixes: [
      {
        about: 'start the environment with them',
        command: 'podman run --cap-add BPF --cap-add PERFMON …',
        byHand: true,
      },
    ],
  };
}

/** Where a filter is active, only a call that bpftool makes as root tells whether it minds bpf(). */
async function letsBpfPass(probe: Probe): Promise<CheckResult> {
  const status = (await probe.read('/proc/self/status')) ?? '';
  const mode = /^Seccomp:\s*(\d)/m.exec(status)?.[1];
  if (mode === '0') return { outcome: 'pass', summary: 'no seccomp filter is active' };
  const bpftool = await probe.run([...(probe.user?.uid === 0 ? [] : ['sudo', '-n']), 'bpftool', 'prog', 'show'], {
    timeoutMs: 5_000,
  });
  if (bpftool.code === 0) return { outcome: 'pass', summary: 'a seccomp filter is active, and allows bpf()' };
  const refuses = /not permitted/i.test(bpftool.stderr);
  return {
    outcome: refuses ? 'fail' : 'warn',
    summary: refuses ? 'a seccomp filter refuses bpf()' : 'a seccomp filter is active, and may refuse bpf()',
    cause: refuses ? `\`${bpftool.command}\`: ${lastLine(bpftool)}` : 'only bpftool, run as root, could tell',
    fixes: [
      {
        about: 'start the environment without the filter',
        command: 'podman run --security-opt seccomp=unconfined …',
        byHand: true,
      },
    ],
  };
}

function isNewEnough(probe: Probe, info: EngineInfo): CheckResult {
  const kernel = info.kernel ?? 'unknown';
  const isFit = probe.satisfies(kernel, OLDEST_KERNEL);
  if (isFit === undefined)
    return { outcome: 'could-not-check', summary: 'unknown', cause: `the engine reports the kernel \`${kernel}\`` };
  if (isFit) return { outcome: 'pass', summary: kernel };
  return {
    outcome: 'fail',
    summary: `the kernel is ${kernel}`,
    cause: 'BPF ring buffers came with 5.8',
    fixes: [
      probe.platform.os === 'darwin'
        ? {
            about: 'create a machine with a newer kernel, beside the old one',
            command: 'podman machine init --rootful profiler',
            byHand: true,
          }
        : { about: 'boot a newer kernel of the distribution', command: 'uname -r', byHand: true },
    ],
  };
}
