/**
 * Boots real kernels, as many at once as there are processors, loads the real probe in each with the shipped capabilities,
 * plays the conformance cases and compares the trace with them.
 *
 * Usage: npx tasks kernels [--record] [kernel…] — those named in ci/kernels.yaml, else all of them. `--record` writes
 * down what the verifier needs, instead of comparing with what was written down.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { makeBase } from './base.ts';
import { boot, type Guest } from './boot.ts';
import { cacheFolder } from './cache.ts';
import { type Debian, openDebian } from './debian.ts';
import { fetchKernel } from './fetch.ts';
import { compareBudget, compareTier, judge, type Verdict } from './judge.ts';
import { type Arch, choose, type Kernel, type KernelList, readList, root } from './list.ts';
import { requireTools } from './tools.ts';
import { logOf, makeWork } from './work.ts';

type Budget = Record<string, Verdict['verified']>;

const BUDGET = join(root, 'ci/kernels/verifier.json');

/** A guest has two processors, but for most of its time work for one; each takes a GiB of memory, all together half of it. */
const AT_ONCE = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / 2 ** 31)));

async function main(words: readonly string[]): Promise<number> {
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
  const running = new Set<Promise<void>>();
  const failed: string[] = [];
  for (const kernel of kernels) {
    while (running.size >= AT_ONCE) await Promise.race(running);
    // While one is prepared, those before it run.
    const guest = prepare(kernel, { list, debian, works });
    const ended = tryKernel(guest).then((verdict) => {
      if (record) keep(kernel, verdict, budget);
      const problems = problemsOf(kernel, verdict, record ? undefined : budget);
      for (const problem of problems) console.log(`  not ok: ${problem}`);
      if (problems.length > 0) failed.push(kernel.name);
    });
    running.add(ended);
    void ended.finally(() => running.delete(ended)).catch(() => undefined);
  }
  await Promise.all(running);
  console.log(`${kernels.length - failed.length} of ${kernels.length} kernels passed`);
  return failed.length === 0 ? 0 : 1;
}

function keep({ name }: Kernel, { verified }: Verdict, budget: Budget): void {
  budget[name] = verified;
  writeFileSync(BUDGET, `${JSON.stringify(budget, undefined, 2)}\n`);
}

function problemsOf(kernel: Kernel, verdict: Verdict, budget: Budget | undefined): readonly string[] {
  const grown = budget === undefined ? [] : compareBudget(verdict.verified, budget[kernel.name]);
  return [...verdict.problems, ...compareTier(verdict, kernel.tier), ...grown];
}

/** One by itself needs a third of it; others take from it. */
const LIMIT_MS = AT_ONCE === 1 ? 360_000 : 600_000;

type Shared = { readonly list: KernelList; readonly debian: Debian; readonly works: Map<Arch, string> };

function prepare(kernel: Kernel, { list, debian, works }: Shared): Guest {
  const started = Date.now();
  const fetched = fetchKernel(kernel, debian);
  const base = makeBase(kernel.arch, list.guest, debian);
  const work = works.get(kernel.arch) ?? makeWork(kernel.arch, fetched.image);
  works.set(kernel.arch, work);
  const log = logOf(kernel);
  mkdirSync(dirname(log), { recursive: true });
  console.log(`${kernel.name}: ${fetched.packages.join(', ')}: prepared in ${secondsSince(started)} s`);
  return { kernel, fetched, base, work, log, limitMs: LIMIT_MS };
}

async function tryKernel(guest: Guest): Promise<Verdict> {
  const started = Date.now();
  const verdict = judge(await boot(guest));
  const { kernel, log } = guest;
  console.log(`${kernel.name}: ${verdict.passed} cases passed (${secondsSince(started)} s in the guest; ${log})`);
  return verdict;
}

function secondsSince(started: number): string {
  return ((Date.now() - started) / 1000).toFixed(1);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
