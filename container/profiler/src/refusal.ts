/** Why the kernel refused the probe, in words that lead to what is missing. */
import { readFileSync } from 'node:fs';
import { BpfError } from './errors.ts';

const CAP_SYS_ADMIN = 21;
const CAP_SYS_RESOURCE = 24;
const NEEDED = { CAP_PERFMON: 38, CAP_BPF: 39 };
const EPERM = 1;
const EINVAL = 22;
const BTF = '/sys/kernel/btf/vmlinux';

export type Rights = { readonly capabilities: bigint; readonly seccomp: number };

/** What this process may do, from /proc/self/status. */
export function readRights(read: (path: string) => string = (path) => readFileSync(path, 'utf8')): Rights {
  const status = read('/proc/self/status');
  return {
    capabilities: BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`),
    seccomp: Number(/^Seccomp:\s*(\d+)/m.exec(status)?.[1] ?? 0),
  };
}

/** One sentence; the verifier's last lines follow where it was the one that refused. */
export function explainRefusal(error: unknown, rights: Rights, hasBtf: boolean, release: string): string {
  if (!(error instanceof BpfError)) return error instanceof Error ? error.message : String(error);
  if (!hasBtf) return `this kernel has no BTF (${BTF}): it was built without CONFIG_DEBUG_INFO_BTF`;
  const missing = missingCapabilities(rights.capabilities);
  if (error.errno === EPERM && missing.length > 0)
    return `${error.message}: the container lacks ${missing.join(' and ')}`;
  if (error.errno === EPERM && chargesLockedMemory(release) && !hasCapability(rights.capabilities, CAP_SYS_RESOURCE))
    return `${error.message}: kernels before 5.11 charge the probe to the limit of locked memory; the container lacks CAP_SYS_RESOURCE, which container/docker-compose.old-kernels.yml adds`;
  if (error.errno === EPERM && rights.seccomp === 2) {
    return `${error.message}: a seccomp profile forbids the bpf() system call; container/profiler/seccomp.json allows it`;
  }
  const log = error.log === '' ? '' : `\n${error.log}`;
  const hint = error.errno === EINVAL ? ' (the kernel may be older than 5.10, or locked down)' : '';
  return `${error.message}${hint}${log}`;
}

function missingCapabilities(have: bigint): readonly string[] {
  if (hasCapability(have, CAP_SYS_ADMIN)) return [];
  return Object.entries(NEEDED).flatMap(([name, bit]) => (hasCapability(have, bit) ? [] : [name]));
}

function hasCapability(have: bigint, bit: number): boolean {
  return (have & (1n << BigInt(bit))) !== 0n;
}

/** Since 5.11 a cgroup is charged instead (torvalds/linux, "bpf: Eliminate rlimit-based memory accounting"). */
function chargesLockedMemory(release: string): boolean {
  const [major = 0, minor = 0] = release.split('.', 2).map(Number);
  return major < 5 || (major === 5 && minor < 11);
}
