/** What a system call pays that has nothing to do with sockets. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TIER_NAMES } from '../../../container/profiler/src/tier.ts';
import { need } from './installed.ts';
import { startProfiler } from './servers.ts';

/**
 * Prints the nanoseconds that each tier adds to getppid, the least against the least; a tier that the kernel refuses is
 * said to be refused.
 */
export async function measureUnrelated(pairs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-getppid-'));
  const program = join(folder, 'getppid');
  need('cc');
  execFileSync('cc', ['-O2', '-o', program, join(import.meta.dirname, 'getppid.c')]);
  const measure = (): number => Number(execFileSync(program, { encoding: 'utf8' }));
  for (const tier of TIER_NAMES) {
    try {
      const on: number[] = [];
      const off: number[] = [];
      for (let pair = 0; pair < pairs; pair++) {
        off.push(measure());
        on.push(await traced(tier, measure));
      }
      const least = Math.min(...off);
      console.log(`getppid: tier ${tier} adds ${(Math.min(...on) - least).toFixed(1)} ns to ${least.toFixed(1)} ns`);
    } catch (error) {
      console.log(
        `getppid: tier ${tier} is refused here: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
      );
    }
  }
  rmSync(folder, { recursive: true });
}

async function traced(tier: string, measure: () => number): Promise<number> {
  await using _profiler = await startProfiler({ PROFILER_TIER: tier });
  return measure();
}
