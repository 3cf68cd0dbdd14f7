/** What the kernel's verifier says of each program that it lets in. */
import { BpfError } from '../../../container/profiler/src/errors.ts';
import type { OnVerified } from '../../../container/profiler/src/libbpf.ts';
import {
  attachesTrampolinesOnce,
  hasLegacyCgroups,
  kernelRelease,
  readInterrupts,
} from '../../../container/profiler/src/machine.ts';
import { loadProbe } from '../../../container/profiler/src/probe.ts';
import { TIERS, type TierName } from '../../../container/profiler/src/tier.ts';

const MAX_PORT_RANGES = 16;

export type Verified = {
  readonly program: string;
  /** Instructions that the verifier walked through, on all paths. */
  readonly instructions: number;
  /** Bytes of stack, of the program and of each of its functions. */
  readonly stack: string;
};

/** Loads every tier that this kernel takes, with the statistics that a load in use does without. */
export function measureVerifier(object: string): readonly Verified[] {
  const measured = new Map<string, Verified>();
  for (const { tier } of TIERS) {
    try {
      loadTier(object, tier, (program, log) => measured.set(program, readLog(program, log)));
    } catch (error) {
      // What a kernel does not take is not measured there; that it takes one at all, the cases have shown.
      if (!(error instanceof BpfError)) throw error;
    }
  }
  return [...measured.values()];
}

function loadTier(object: string, tier: TierName, onVerified: OnVerified): void {
  // With every filter set: what is not asked for is left out before the verifier looks.
  const ports = Array.from({ length: MAX_PORT_RANGES }, (_, index) => ({ first: index, last: index }));
  const settings = { role: 'both', cgroups: [], ports } as const;
  loadProbe({
    ...settings,
    object,
    tier,
    hasLegacyCgroups: hasLegacyCgroups(),
    interrupts: readInterrupts(),
    attachesOnce: attachesTrampolinesOnce(kernelRelease()),
    onVerified,
  });
}

function readLog(program: string, log: string): Verified {
  const instructions = Number(/processed (\d+) insns/.exec(log)?.[1]);
  const stack = stackOf(log);
  if (stack === undefined || Number.isNaN(instructions)) throw new Error(`the verifier said of ${program}: ${log}`);
  return { program, instructions, stack };
}

/** Kernels to 7.2 say it in one line, later ones in one for each function. */
function stackOf(log: string): string | undefined {
  const inOne = /stack depth ([\d+]+)/.exec(log)?.[1];
  if (inOne !== undefined) return inOne;
  const each = [...log.matchAll(/^subprog .* stack (\d+)$/gm)].map((match) => match[1]);
  return each.length === 0 ? undefined : each.join('+');
}
