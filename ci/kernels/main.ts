/**
 * Boots real kernels, one after the other, loads the real probe in each with the shipped capabilities, plays the conformance cases
 * and compares the trace with them.
 *
 * Usage: npx tasks kernels [--record] [kernel…] — those named in ci/kernels.yaml, else all of them. `--record` writes
 * down what the verifier needs, instead of comparing with what was written down.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeBase } from './base.ts';
import { boot } from './boot.ts';
import { cacheFolder } from './cache.ts';
import { type Debian, openDebian } from './debian.ts';
import { fetchKernel } from './fetch.ts';
import { compareBudget, compareTier, judge, type Verdict } from './judge.ts';
import { type Arch, choose, type Kernel, type KernelList, readList, root } from './list.ts';
import { requireTools } from './tools.ts';
import { logOf, makeWork } from './work.ts';

type Budget = Record<string, Verdict['verified']>;

const BUDGET = join(root, 'ci/kernels/verifier.json');

function main(words: readonly string[]): number {
  const record = words.includes('--record=true');
  const list = readList();
  const kernels = choose(
    list,
    words.filter((word) => !word.startsWith('--record=')),
  );
  requireTools(kernels);
  const debian = openDebian(join(cacheFolder(), 'apt'), list.suites);
  const budget = JSON.parse(readFileSync(BUDGET, 'utf8')) as Budget;
  const works = new Map<Arch, string>();
  const failed = kernels.filter((kernel) => {
    const verdict = tryKernel(kernel, { list, debian, works });
    const { problems, verified } = verdict;
    if (record) {
      budget[kernel.name] = verified;
      writeFileSync(BUDGET, `${JSON.stringify(budget, undefined, 2)}\n`);
    }
    const all = [
      ...problems,
      ...compareTier(verdict, kernel.tier),
      ...(record ? [] : compareBudget(verified, budget[kernel.name])),
    ];
    for (const problem of all) console.log(`  not ok: ${problem}`);
    return all.length > 0;
  });
  console.log(`${kernels.length - failed.length} of ${kernels.length} kernels passed`);
  return failed.length === 0 ? 0 : 1;
}

type Shared = { readonly list: KernelList; readonly debian: Debian; readonly works: Map<Arch, string> };

function tryKernel(kernel: Kernel, { list, debian, works }: Shared): Verdict {
  const started = Date.now();
  const fetched = fetchKernel(kernel, debian);
  const base = makeBase(kernel.arch, list.guest, debian);
  const work = works.get(kernel.arch) ?? makeWork(kernel.arch, fetched.image);
  works.set(kernel.arch, work);
  const log = logOf(kernel);
  mkdirSync(dirname(log), { recursive: true });
  const ready = Date.now();
  const verdict = judge(boot({ kernel, fetched, base, work, log }));
  const seconds = (from: number, to: number): string => ((to - from) / 1000).toFixed(1);
  const times = `${seconds(started, ready)} s to prepare, ${seconds(ready, Date.now())} s in the guest`;
  console.log(`${kernel.name}: ${fetched.packages.join(', ')}: ${verdict.passed} cases passed (${times}; ${log})`);
  return verdict;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
