import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../attempt.ts';
import { isHeldStill, readLock } from './lock.ts';
import { thisMachine } from './this-machine.ts';

/** The tasks for which other processes hold locks in a folder, each once. */
export function heldByOthers(folder: string, pid: number): readonly string[] {
  const locks = attempt(() => readdirSync(folder), []).filter((name) => name.endsWith('.lock'));
  const held = locks.flatMap((name) => {
    const path = join(folder, name);
    const claim = readLock(path);
    const isOurs = claim?.pid === pid && claim.host === thisMachine();
    return claim === undefined || isOurs || !isHeldStill(path, claim) ? [] : [claim.task];
  });
  return [...new Set(held)].sort();
}
