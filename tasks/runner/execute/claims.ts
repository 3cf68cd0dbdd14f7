import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Holder } from '../events.ts';
import { type Claim, makeClaim, writeClaim } from '../locks/holder.ts';
import { isSame, lend, readLent, takeBack as stopLending } from '../locks/lent.ts';
import { makeLockFolder, readLock, tryLock, unlock } from '../locks/lock.ts';
import { leaveResult } from '../locks/result.ts';
import type { PlannedTask } from '../plan.ts';
import { descendsFrom } from '../process/tree.ts';
import { goesOn, identityOfService, type Loan, whyNotUsed } from '../service/borrowed.ts';
import { claimsOf, doneBy, type Reuse, type Wait, waitFor } from './reuse.ts';

/** What the runs of one checkout agree on: no task, and no named lock, is held by two of them at one time. */
export type Claims = {
  /** Takes all that the task needs for itself, or nothing. */
  readonly take: (task: PlannedTask) => Taken;
  /** Lets other runs use a service that is ready and goes on. */
  readonly lend: (service: PlannedTask) => void;
  readonly takeBack: (service: PlannedTask) => void;
  /** Gives back what the task holds. */
  readonly giveBack: (task: PlannedTask, succeeded: boolean) => void;
  /** Gives back what was claimed for tasks that never started. */
  readonly giveBackAll: (isKept?: (task: string) => boolean) => void;
};

export type Taken =
  /** `doneBy` is the run that has just done the same with success, and began when this one waited already. */
  | { readonly state: 'taken'; readonly doneBy: Holder | undefined }
  | { readonly state: 'held'; readonly by: Holder; readonly lock: string; readonly hint: string | undefined }
  /** A service that another run keeps up, which we may use. */
  | ({ readonly state: 'lent'; readonly lock: string } & Loan)
  /** We were started by that very task, and each would wait for the other for ever. */
  | { readonly state: 'held-around-us'; readonly by: Holder };

type Lock = { readonly name: string; readonly file: string };
/** What is held, by the name of the task. */
export type Holdings = Map<string, Held>;
type Held = { readonly claim: Claim; readonly own: Lock; readonly locks: readonly Lock[]; isLent: boolean };

type Options = {
  readonly root: string;
  readonly pid: number;
  readonly tasks: readonly PlannedTask[];
  /** What this process holds already: in a watch, for services of an earlier run. */
  readonly held?: Holdings | undefined;
  readonly identityOf: (task: PlannedTask) => string;
  /** Which success of another run can stand for this one's. */
  readonly reuseOf: (task: PlannedTask) => Reuse;
};

/**
 * Makes the claims of one run. Its services are claimed all at once, since they are held while others start: two runs that
 * had one each would wait for each other.
 */
export function makeClaims({ root, pid, tasks, identityOf, reuseOf, ...options }: Options): Claims {
  const held: Holdings = options.held ?? new Map();
  const isInWatch = options.held !== undefined;
  const folder = join(root, '.tasks', 'locks');
  const waits = new Map<PlannedTask, Wait>();
  let canLock: boolean | undefined;
  const mayClaim = (task: PlannedTask): boolean =>
    task.work.kind === 'service' && !held.has(task.name) && loanOf(task) === undefined;
  const takeBack = (holding: Held): void => {
    if (holding.isLent) stopLending(holding.own.file);
    holding.isLent = false;
  };
  const loanOf = (task: PlannedTask): Loan | undefined => {
    const { file } = ownLock(folder, task);
    const lent = task.work.kind === 'service' ? readLent(file) : undefined;
    if (lent === undefined || whyNotUsed(task, lent, isInWatch) !== undefined) return undefined;
    return { by: lent.by, isStillThere: () => isSame(readLent(file), lent) };
  };
  /** How to go on where a service that another run keeps up is in the way, and cannot be used. */
  const hintOf = ({ name, file }: Lock): string | undefined => {
    const wanted = tasks.find((task) => task.name === name);
    const lent = wanted === undefined ? undefined : readLent(file);
    if (wanted === undefined || lent === undefined) return undefined;
    const because = whyNotUsed(wanted, lent, isInWatch);
    return because === undefined ? undefined : goesOn(because);
  };

  return {
    take: (task) => {
      canLock ??= makeLockFolder(folder);
      if (!canLock || !isExclusive(task)) return { state: 'taken', doneBy: undefined };
      if (held.has(task.name)) return { state: 'taken', doneBy: undefined };
      const own = ownLock(folder, task);
      const loan = loanOf(task);
      if (loan !== undefined) return { state: 'lent', lock: own.name, ...loan };
      const isService = task.work.kind === 'service';
      const together = isService ? tasks.filter((one) => one === task || mayClaim(one)) : [task];
      const claimed = together.map((one) => claimOf(folder, one, pid));
      const blocked = takeAll(claimed.flatMap(({ claim, locks }) => locks.map((lock) => ({ lock, claim }))));
      if (blocked !== undefined) {
        if (blocked.lock.file === own.file) waits.set(task, waitFor(blocked.by, own.file, waits.get(task)));
        return surrounds(folder, pid, blocked.by)
          ? { state: 'held-around-us', by: blocked.by }
          : { state: 'held', by: blocked.by, lock: blocked.lock.name, hint: hintOf(blocked.lock) };
      }
      together.forEach((one, index) => {
        const claim = claimed[index];
        if (claim !== undefined) held.set(one.name, claim);
      });
      const usable = claimsOf(waits.get(task) ?? [], reuseOf(task));
      return { state: 'taken', doneBy: doneBy(usable, own.file, () => identityOf(task)) };
    },
    giveBackAll: (isKept = () => false) => {
      for (const [name, holding] of held) {
        if (isKept(name)) continue;
        takeBack(holding);
        for (const { file } of holding.locks) unlock(file);
        held.delete(name);
      }
    },
    lend: (service) => {
      const holding = held.get(service.name);
      if (holding === undefined) return;
      lend(holding.own.file, { by: holding.claim, identity: identityOfService(service) });
      holding.isLent = true;
    },
    takeBack: ({ name }) => {
      const holding = held.get(name);
      if (holding !== undefined) takeBack(holding);
    },
    giveBack: (task, succeeded) => {
      const holding = held.get(task.name);
      if (holding === undefined) return;
      held.delete(task.name);
      takeBack(holding);
      const claim = writeClaim(holding.claim);
      leaveResult(holding.own.file, () => ({ claim, succeeded, identity: identityOf(task) }));
      for (const { file } of [...holding.locks].reverse()) unlock(file);
    },
  };
}

/** A task without work changes nothing; an interactive one belongs to a person at one of several terminals. */
function isExclusive({ work, interactive, locks }: PlannedTask): boolean {
  return (work.kind !== 'none' && !interactive) || locks.length > 0;
}

function ownLock(folder: string, { name }: PlannedTask): Lock {
  return { name, file: join(folder, `${encodeURIComponent(name)}.lock`) };
}

/** In the order of their names, so that no two runs wait for each other. No task's name begins with `@`. */
function namedLocks(folder: string, { locks }: PlannedTask): readonly Lock[] {
  return [...locks].sort().map((name) => ({ name, file: join(folder, `@${encodeURIComponent(name)}.lock`) }));
}

function claimOf(folder: string, task: PlannedTask, pid: number): Held {
  const own = ownLock(folder, task);
  return { claim: makeClaim(pid, task.name), own, locks: [own, ...namedLocks(folder, task)], isLent: false };
}

type Wanted = { readonly lock: Lock; readonly claim: Claim };

function takeAll(wanted: readonly Wanted[]): { readonly lock: Lock; readonly by: Claim } | undefined {
  for (const [index, { lock, claim }] of wanted.entries()) {
    const attempt = tryLock(lock.file, claim);
    if (attempt.state !== 'held') continue;
    for (const taken of wanted.slice(0, index)) unlock(taken.lock.file);
    return { lock, by: attempt.by };
  }
  return undefined;
}

/** Whether this process runs inside of the task of a claim: inside of its run, in which no other task runs. */
function surrounds(folder: string, pid: number, claim: Claim): boolean {
  if (claim.host !== hostname() || !descendsFrom(pid, claim.pid)) return false;
  const held = readdirSync(folder).flatMap((name) => readLock(join(folder, name)) ?? []);
  return !held.some((other) => other.pid === claim.pid && other.task !== claim.task);
}
