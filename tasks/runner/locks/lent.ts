import { symlinkSync } from 'node:fs';
import { putInPlace } from '../put-in-place.ts';
import { type Claim, isHeld, readClaim, writeClaim } from './holder.ts';
import { halfMade, readLock, readText, remove, whereWritable } from './lock.ts';
import { thisMachine } from './this-machine.ts';

/** That a service is ready, left beside its lock: other runs of the checkout may use it while it is up. */
export type Lent = {
  readonly by: Claim;
  /** What runs: equal for the same command, signs and environment in the config. */
  readonly identity: string;
  /** Whether it goes on until Ctrl-C; else it ends with the tasks that need it, and is only for what they start. */
  readonly goesOn: boolean;
  /** Tells what a watch has started again from what it had started before. */
  readonly count: number;
};

let lastCount = 0;

/** Lends what is held under a lock; nothing where that cannot be written. */
export function lend(lock: string, { by, identity, goesOn }: Omit<Lent, 'count'>): void {
  const temporary = halfMade(lock, by);
  whereWritable(() => {
    if (!isHeldBy(lock, by)) return;
    remove(temporary);
    const text = `${identity} ${++lastCount} ${goesOn} ${writeClaim(by)}`;
    putInPlace(temporary, lentFile(lock), () => symlinkSync(text, temporary));
  });
}

/** Lends it no longer. What cannot be removed is no longer lent either, once its lock is given back. */
export function takeBack(lock: string): void {
  remove(lentFile(lock));
}

/** Whether it is still the same process of the same run. */
export function isSame(one: Lent | undefined, other: Lent): boolean {
  return one?.count === other.count && writeClaim(one.by) === writeClaim(other.by);
}

/** What is lent under a lock now, on this machine; what a run that is gone has left there is not. */
export function readLent(lock: string): Lent | undefined {
  const [identity = '', count, goesOn, ...claim] = (readText(lentFile(lock)) ?? '').split(' ');
  const by = readClaim(claim.join(' '));
  const isUsable = by.host === thisMachine() && isHeldBy(lock, by) && isHeld(by);
  return isUsable ? { by, identity, goesOn: goesOn === 'true', count: Number(count) } : undefined;
}

function isHeldBy(lock: string, claim: Claim): boolean {
  const holder = readLock(lock);
  return holder !== undefined && writeClaim(holder) === writeClaim(claim);
}

function lentFile(lock: string): string {
  return `${lock}.lent`;
}
