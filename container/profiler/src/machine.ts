/** What the kernel lets the profiler know about itself and about the machine. */
import { existsSync, readFileSync } from 'node:fs';
import { release, version } from 'node:os';
import type { Interrupts } from './tier.ts';

/** As `uname -r` says it. */
export function kernelRelease(): string {
  return release();
}

/**
 * Whether maps count against RLIMIT_MEMLOCK; since 5.11 a cgroup is charged instead (torvalds/linux, "bpf: Eliminate
 * rlimit-based memory accounting").
 */
export function chargesLockedMemory(kernel: string): boolean {
  return isBefore(kernel, 5, 11);
}

/**
 * Whether a trampoline that was detached cannot be attached again; since 5.13 it can (f3a95075549e, "bpf: Allow trampoline
 * re-attach for tracing and lsm programs").
 */
export function attachesTrampolinesOnce(kernel: string): boolean {
  return isBefore(kernel, 5, 13);
}

/**
 * Where another thread may run in the middle of a program. At tracepoints since 7.0 (a46023d5616e, "tracing: Guard
 * __DECLARE_TRACE() use of __DO_TRACE_CALL() with SRCU-fast"). In trampolines before that too, on kernels that let threads of
 * the kernel be interrupted; one that can choose when it boots (PREEMPT_DYNAMIC) says only what it was told, not its default.
 */
export function interruptsOf(kernel: string, version: string, commandLine: string): Interrupts {
  const tracepoints = Number.parseInt(kernel, 10) >= 7;
  const isPreemptible = /\bPREEMPT(_RT)?\b/.test(version) || /(^| )preempt=(full|lazy)\b/.test(commandLine);
  return { tracepoints, trampolines: tracepoints || isPreemptible };
}

/** The same of this kernel. */
export function readInterrupts(): Interrupts {
  return interruptsOf(kernelRelease(), version(), readFileSync('/proc/cmdline', 'utf8'));
}

function isBefore(kernel: string, major: number, minor: number): boolean {
  const [, itsMajor, itsMinor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  return Number(itsMajor) < major || (Number(itsMajor) === major && Number(itsMinor) < minor);
}

/** Whether cgroups have names on a version 1 hierarchy too. */
export function hasLegacyCgroups(): boolean {
  return /^\d+:[^:]*\bpids\b/m.test(readFileSync('/proc/self/cgroup', 'utf8'));
}

export function hasBtf(): boolean {
  return existsSync('/sys/kernel/btf/vmlinux');
}
