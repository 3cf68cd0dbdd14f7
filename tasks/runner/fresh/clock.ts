import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../host.ts';

const nsPerMs = 1_000_000n;

/**
 * The clock by which the file system stamps files, which on a network is not this machine's: that of a file written just
 * now. Of two clocks the earlier one counts, since trusting a stamp too little only costs a second look.
 */
export function readFileClock({ dateMs }: Pick<Host, 'dateMs'>, root: string): bigint {
  const here = BigInt(Math.floor(dateMs())) * nsPerMs;
  try {
    const file = join(root, '.tasks', 'state', 'clock');
    mkdirSync(join(root, '.tasks', 'state'), { recursive: true });
    writeFileSync(file, '');
    const there = lstatSync(file, { bigint: true }).mtimeNs;
    return there < here ? there : here;
  } catch {
    return here;
  }
}
