/** The kernels of `ci/kernels.yaml`. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TierName } from '../../container/profiler/src/tier.ts';
import { readSource } from '../../tasks/runner/config/read.ts';

export type Arch = 'x64' | 'arm64';

export type Kernel = {
  readonly name: string;
  readonly arch: Arch;
  /** A pattern with `*`; the newest version that fits is taken. */
  readonly version: string;
  /** Names of packages in which `*` stands for the version. */
  readonly packages: readonly string[];
  readonly cgroups: 'unified' | 'hybrid';
  /** What it is told when it boots. */
  readonly parameters?: string;
  /** The way of looking that the profiler chooses there. */
  readonly tier: TierName;
  /** What the profiler needs there besides CAP_BPF and CAP_PERFMON, as setpriv calls it. */
  readonly capability?: string;
};

export type KernelList = {
  readonly kernels: readonly Kernel[];
  readonly suites: { readonly archive: readonly string[]; readonly security: readonly string[] };
  /** Packages that every guest holds. */
  readonly guest: readonly string[];
};

export const root = resolve(import.meta.dirname, '../..');

export function readList(): KernelList {
  const source = readSource('ci/kernels.yaml', readFileSync(join(root, 'ci/kernels.yaml'), 'utf8'));
  const [problem] = source.problems;
  if (problem !== undefined) throw new Error(`ci/kernels.yaml: ${problem.message}`);
  return source.document as KernelList;
}

/** Those named, in the order of the list; all of them where none is. */
export function choose(list: KernelList, names: readonly string[]): readonly Kernel[] {
  const known = list.kernels.map((kernel) => kernel.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`there is no kernel \`${unknown.join('`, `')}\` in ci/kernels.yaml; there are ${known.join(', ')}`);
  }
  return list.kernels.filter((kernel) => names.length === 0 || names.includes(kernel.name));
}
