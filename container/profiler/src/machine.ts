/** What the kernel lets the profiler know about itself and about the machine. */
import { existsSync, readFileSync } from 'node:fs';
import { release, version } from 'node:os';
import { gunzipSync } from 'node:zlib';
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
 * the kernel be interrupted. One that can choose when it boots (PREEMPT_DYNAMIC) says what it was told, and its default only in
 * its configuration, where it shows that.
 */
export function interruptsOf(kernel: string, version: string, commandLine: string, configuration: string): Interrupts {
  const tracepoints = Number.parseInt(kernel, 10) >= 7;
  const byDefault = /^CONFIG_PREEMPT(_LAZY)?=y$/m.test(configuration) ? 'full' : 'none';
  const chosen = [...commandLine.matchAll(/(?:^| )preempt=(\w+)/g)].at(-1)?.[1] ?? byDefault;
  const isPreemptible = /\bPREEMPT(_RT)?\b/.test(version) || chosen === 'full' || chosen === 'lazy';
  return { tracepoints, trampolines: tracepoints || isPreemptible };
}

/** The same of this kernel. */
export function readInterrupts(): Interrupts {
  return interruptsOf(kernelRelease(), version(), readFileSync('/proc/cmdline', 'utf8'), readConfiguration());
}

/** Empty where the kernel does not show it, or an engine hides it behind an empty file. */
function readConfiguration(): string {
  const packed = existsSync('/proc/config.gz') ? readFileSync('/proc/config.gz') : Buffer.of();
  return packed.length === 0 ? '' : gunzipSync(packed).toString();
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
