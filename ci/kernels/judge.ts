/** What a guest's console says of the probe. Only the last line of a guest that got to its end counts as one. */

export type Verdict = {
  /** One for each thing that is wrong; none where all is well. */
  readonly problems: readonly string[];
  readonly passed: number;
  /** The way of looking that the profiler chose; undefined where it did not get so far. */
  readonly tier: string | undefined;
  /** Instructions and stack of each program, as that kernel's verifier has them. */
  readonly verified: Readonly<Record<string, Verified>>;
};

export type Verified = { readonly instructions: number; readonly stack: string };

/** A program may grow by so much before somebody has to say that it should. */
const GROWTH = 1.1;

export function judge(console: string): Verdict {
  const lines = console.split('\n');
  const cases = lines.flatMap((line) => /^CASE (ok|not ok) (.*)$/.exec(line) ?? []).length / 3;
  const failed = lines.flatMap((line) => /^CASE not ok (.*)$/.exec(line)?.[1] ?? []);
  const promised = /^GUEST finished (\d+) cases$/m.exec(console)?.[1];
  const verified = lines.flatMap((line) => {
    const [, program, instructions, stack] = /^VERIFIER (\S+) (\d+) (\S+)$/.exec(line) ?? [];
    return program === undefined
      ? []
      : [[program, { instructions: Number(instructions), stack: stack ?? '' }] as const];
  });
  return {
    problems: [
      ...failed,
      ...endOf(promised, cases, lines),
      ...(verified.length === 0 ? ['no program was measured'] : []),
    ],
    passed: cases - failed.length,
    tier: /^GUEST tier (\S+):/m.exec(console)?.[1],
    verified: Object.fromEntries(verified),
  };
}

/** A tier other than the list's: that of a kernel changes when one stops loading or firing there, and no case fails then. */
export function compareTier({ tier }: Verdict, expected: string): readonly string[] {
  return tier === expected ? [] : [`the profiler should use tier ${expected}, and used ${tier ?? 'none'}`];
}

/** Every program that needs more than it did, or loads no more, against what was recorded for the kernel. */
export function compareBudget(now: Verdict['verified'], recorded: Verdict['verified'] | undefined): readonly string[] {
  if (recorded === undefined) return ['nothing is recorded of what the verifier needs on this kernel'];
  const gone = Object.keys(recorded).filter((program) => now[program] === undefined);
  const lost = gone.map((program) => `the program \`${program}\` loaded here when it was recorded, and does not now`);
  const grew = Object.entries(now).flatMap(([program, { instructions, stack }]) => {
    const before = recorded[program];
    if (before === undefined) return [`nothing is recorded of the program \`${program}\``];
    return [
      ...grown(`\`${program}\`: instructions walked by the verifier`, before.instructions, instructions),
      ...grown(`\`${program}\`: bytes of stack`, stackBytes(before.stack), stackBytes(stack)),
    ];
  });
  return [...lost, ...grew];
}

function endOf(promised: string | undefined, cases: number, lines: readonly string[]): readonly string[] {
  if (promised === undefined) {
    const last = lines.filter((line) => line.trim() !== '').slice(-12);
    return [`the guest did not get to its end; its last lines:\n      ${last.join('\n      ')}`];
  }
  return Number(promised) === cases && cases > 0 ? [] : [`the guest told of ${cases} cases and had ${promised}`];
}

function grown(what: string, before: number, now: number): readonly string[] {
  return now > before * GROWTH ? [`${what}: ${before} before, ${now} now`] : [];
}

function stackBytes(stack: string): number {
  return stack.split('+').reduce((sum, part) => sum + Number(part), 0);
}
