/** What compiles eBPF on this host. Nobody needs it: `bpf:build` runs in a container unless `--host` is given. */
import type { CheckResult, Probe, Ran } from 'zx-tasks';
import { documented } from '../lib/docs.ts';
import { installFix } from '../lib/packages.ts';

const packages = {
  apt: 'clang llvm libclang-rt-dev libbpf-dev bpftool',
  dnf: 'clang llvm compiler-rt libbpf-devel bpftool',
  pacman: 'clang llvm compiler-rt libbpf bpf',
};
const CLANG_RANGE = '>=14';

export const checks = documented([
  {
    id: 'TC001',
    name: 'host-toolchain',
    question: 'can this host compile eBPF itself (`bpf:build --host`, and the tests)?',
    group: 'development',
    platforms: ['linux'],
    about:
      'What compiles eBPF on the host itself: clang, LLVM, bpftool and libbpf’s headers. Only `bpf:build --host` and the tests need them.',
    fix: 'installing the eBPF toolchain',
    run: hasToolchain,
  },
]);

async function hasToolchain(probe: Probe): Promise<CheckResult> {
  const missing: string[] = [];
  const [clang, strip, bpftool] = await Promise.all([
    probe.run([probe.env.CLANG || 'clang', '--version']),
    probe.run([probe.env.LLVM_STRIP || 'llvm-strip', '--version']),
    runBpftool(probe),
  ]);
  if (clang.code !== 0) missing.push('clang');
  else if (probe.satisfies(clang.stdout, CLANG_RANGE) !== true) missing.push(`clang ${CLANG_RANGE}`);
  if (strip.code !== 0) missing.push('llvm-strip');
  if (bpftool.code !== 0) missing.push('bpftool');
  if (!(await probe.exists('/usr/include/bpf/bpf_helpers.h'))) missing.push('bpf/bpf_helpers.h');
  if (missing.length === 0) return { outcome: 'pass', summary: clang.stdout.split('\n')[0] ?? 'clang' };
  return {
    outcome: 'warn',
    summary: `not installed: ${missing.join(', ')}`,
    cause: 'only `bpf:build --host` and the tests need them',
    fixes: await installFix(probe, 'install the eBPF toolchain', packages),
  };
}

/** Debian keeps it where only root's PATH looks; `bpf/build.sh` finds it there too. */
async function runBpftool(probe: Probe): Promise<Ran> {
  const ran = await probe.run([probe.env.BPFTOOL || 'bpftool', 'version']);
  return ran.problem === 'not-found' ? await probe.run(['/usr/sbin/bpftool', 'version']) : ran;
}
