/** What the kernel lets the profiler know about itself and about the machine. */
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';

/** As `uname -r` says it. */
export function kernelRelease(): string {
  return release();
}

/**
 * Whether maps count against RLIMIT_MEMLOCK; since 5.11 a cgroup is charged instead (torvalds/linux, "bpf: Eliminate
 * rlimit-based memory accounting").
 */
export function chargesLockedMemory(kernel: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  return Number(major) < 5 || (major === '5' && Number(minor) < 11);
}

/** Whether cgroups have names on a version 1 hierarchy too. */
export function hasLegacyCgroups(): boolean {
  return /^\d+:[^:]*\bpids\b/m.test(readFileSync('/proc/self/cgroup', 'utf8'));
}

export function hasBtf(): boolean {
  return existsSync('/sys/kernel/btf/vmlinux');
}
