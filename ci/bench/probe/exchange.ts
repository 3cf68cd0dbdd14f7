/** What one exchange pays in the kernel: both ends in one thread, so that nothing else is in the figure. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { containIn } from '../../../test/helpers/contain.ts';
import { need } from './installed.ts';
import { startProfiler } from './servers.ts';

const ROUNDS = 2000;
const SWITCH_MS = 500;

/**
 * Prints the nanoseconds that the probe adds to an exchange of a process in a container, and to one outside: the least
 * with it against the least without, which other load on the machine hardly changes.
 */
export async function measureExchange(pairs: number, env: Readonly<Record<string, string>>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-exchange-'));
  const program = join(folder, 'exchange');
  need('cc');
  execFileSync('cc', ['-O2', '-Wall', '-o', program, join(import.meta.dirname, 'exchange.c')]);
  for (const isContained of [true, false]) await measureOne(program, isContained, pairs, env);
  rmSync(folder, { recursive: true });
}

async function measureOne(
  program: string,
  isContained: boolean,
  pairs: number,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const child = spawn(program, [String(ROUNDS)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const group = isContained ? containIn([child.pid ?? 0]) : undefined;
  const measure = async (): Promise<number> => {
    child.stdin.write('\n');
    const [line] = await once(lines, 'line');
    return Number(line);
  };
  const profiler = await startProfiler(env);
  const on: number[] = [];
  const off: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    for (const times of [on, off]) {
      times.push(await measure());
      profiler.toggle();
      await sleep(SWITCH_MS);
    }
  }
  await profiler[Symbol.asyncDispose]();
  const ended = once(child, 'exit');
  child.stdin.end();
  await ended;
  group?.[Symbol.dispose]();
  const where = isContained ? 'in a container' : 'outside';
  const least = Math.min(...off);
  console.log(`exchange: ${where} the probe adds ${Math.min(...on) - least} ns to ${least} ns`);
}
