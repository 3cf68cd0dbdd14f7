/** What the kernel lets the profiler know about itself and about the machine. */
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { release } from 'node:os';

/** The inode of the first pid namespace is a constant of the kernel (PROC_PID_INIT_INO). */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

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

/** This process's pid as the kernel numbers it; 0 inside a pid namespace, where it cannot be known. */
export function ownPid(): number {
  return readlinkSync('/proc/self/ns/pid') === FIRST_PID_NAMESPACE ? process.pid : 0;
}

/** Whether cgroups have names on a version 1 hierarchy too. */
export function hasLegacyCgroups(): boolean {
  return /^\d+:[^:]*\bpids\b/m.test(readFileSync('/proc/self/cgroup', 'utf8'));
}

export function hasBtf(): boolean {
  return existsSync('/sys/kernel/btf/vmlinux');
}
