/** What the kernel's verifier says of each program that it lets in. */
import { hasLegacyCgroups } from '../../../container/profiler/src/machine.ts';
import { loadProbe } from '../../../container/profiler/src/probe.ts';

export type Verified = {
  readonly program: string;
  /** Instructions that the verifier walked through, on all paths. */
  readonly instructions: number;
  /** Bytes of stack, of the program and of each of its functions. */
  readonly stack: string;
};

/** Loads the object once more, with the statistics that a load in use does without. */
export function measureVerifier(object: string): readonly Verified[] {
  const measured: Verified[] = [];
  loadProbe({
    object,
    scope: 'containers',
    ports: [],
    role: 'server',
    ownPid: 0,
    hasLegacyCgroups: hasLegacyCgroups(),
    onVerified: (program, log) => {
      const instructions = Number(/processed (\d+) insns/.exec(log)?.[1]);
      const stack = /stack depth ([\d+]+)/.exec(log)?.[1];
      if (stack === undefined || Number.isNaN(instructions)) throw new Error(`the verifier said of ${program}: ${log}`);
      measured.push({ program, instructions, stack });
    },
  });
  return measured;
}
