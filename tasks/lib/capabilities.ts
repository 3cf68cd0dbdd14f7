import type { Probe } from 'zx-tasks';

/** Their bits, as include/uapi/linux/capability.h has them. */
export const SYS_ADMIN = 21n;
export const SYS_RESOURCE = 24n;
export const PERFMON = 38n;
export const BPF = 39n;

export type Capabilities = { readonly text: string; readonly has: (bit: bigint) => boolean };

/** What anybody in this environment can have at most, root too; undefined where the kernel does not tell. */
export async function boundingSet(probe: Pick<Probe, 'read'>): Promise<Capabilities | undefined> {
  const text = /^CapBnd:\s*([0-9a-f]+)/m.exec((await probe.read('/proc/self/status')) ?? '')?.[1];
  return text === undefined ? undefined : { text, has: (bit) => ((BigInt(`0x${text}`) >> bit) & 1n) === 1n };
}
