/** Why the kernel refused the probe, in words that lead to what is missing. */
import { readFileSync } from 'node:fs';
import { BpfError } from './errors.ts';

const CAP_SYS_ADMIN = 21;
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
export function explainRefusal(error: unknown, rights: Rights, hasBtf: boolean): string {
  if (!(error instanceof BpfError)) return error instanceof Error ? error.message : String(error);
  if (!hasBtf) return `this kernel has no BTF (${BTF}): it was built without CONFIG_DEBUG_INFO_BTF`;
  const missing = missingCapabilities(rights.capabilities);
  if (error.errno === EPERM && missing.length > 0)
    return `${error.message}: the container lacks ${missing.join(' and ')}`;
  if (error.errno === EPERM && rights.seccomp === 2) {
    return `${error.message}: a seccomp profile forbids the bpf() system call; container/profiler/seccomp.json allows it`;
  }
  const log = error.log === '' ? '' : `\n${error.log}`;
  const hint = error.errno === EINVAL ? ' (the kernel may be older than 5.10, or locked down)' : '';
  return `${error.message}${hint}${log}`;
}

function missingCapabilities(have: bigint): readonly string[] {
  const has = (bit: number): boolean => (have & (1n << BigInt(bit))) !== 0n;
  if (has(CAP_SYS_ADMIN)) return [];
  return Object.entries(NEEDED).flatMap(([name, bit]) => (has(bit) ? [] : [name]));
}
