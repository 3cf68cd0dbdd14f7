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
    tier: undefined,
    ownPid: 0,
    hasLegacyCgroups: hasLegacyCgroups(),
    onVerified: (program, log) => {
      const instructions = Number(/processed (\d+) insns/.exec(log)?.[1]);
      const stack = stackOf(log);
      if (stack === undefined || Number.isNaN(instructions)) throw new Error(`the verifier said of ${program}: ${log}`);
      measured.push({ program, instructions, stack });
    },
  });
  return measured;
}

/** Kernels to 7.2 say it in one line, later ones in one for each function. */
function stackOf(log: string): string | undefined {
  const inOne = /stack depth ([\d+]+)/.exec(log)?.[1];
  if (inOne !== undefined) return inOne;
  const each = [...log.matchAll(/^subprog .* stack (\d+)$/gm)].map((match) => match[1]);
  return each.length === 0 ? undefined : each.join('+');
}
