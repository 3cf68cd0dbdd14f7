import { environmentOf } from '../environment.ts';
import type { Holder } from '../events.ts';
import { type Claim, makeClaim, writeClaim } from '../locks/holder.ts';
import { lend, takeBack as stopLending } from '../locks/lent.ts';
import { makeLockFolder, tryLock, unlock } from '../locks/lock.ts';
import { lockFolder, namedLockFile } from '../locks/place.ts';
import { leaveResult } from '../locks/result.ts';
import type { Plan, PlannedTask } from '../plan.ts';
import { identityOfService } from '../service/borrowed.ts';
import type { Session } from '../session.ts';
import { type Blocked, type HeldAroundUs, type LentToUs, type Lock, makeLoans, ownLock } from './loans.ts';
import { claimsOf, doneBy, identityOf, reuseOf, type Wait, waitFor } from './reuse.ts';

/** What the runs of one checkout agree on: no task, and no named lock, is held by two of them at one time. */
export type Claims = {
  /** Takes all that the task needs for itself, or nothing. */
  readonly take: (task: PlannedTask) => Taken;
  /** Lets other runs use a service that is ready: all, where it goes on, else those that a task which needs it starts. */
  readonly lend: (service: PlannedTask, goesOn: boolean) => void;
  readonly takeBack: (service: PlannedTask) => void;
  /** Gives back what the task holds. */
  readonly giveBack: (task: PlannedTask, succeeded: boolean) => void;
  /** Gives back what was claimed for tasks that never started. */
  readonly giveBackAll: (isKept: (task: string) => boolean) => void;
};

export type Taken =
  /** `doneBy` is the run that has just done the same with success, and began when this one waited already. */
  | { readonly state: 'taken'; readonly doneBy: Holder | undefined }
  | { readonly state: 'held'; readonly by: Holder; readonly lock: string; readonly hint: string | undefined }
  /** A service that another run keeps up, which we may use. */
  | ({ readonly state: 'lent'; readonly lock: string } & LentToUs)
  | HeldAroundUs;

/** What is held, by the name of the task. */
export type Holdings = Map<string, Held>;
type Held = { readonly claim: Claim; readonly own: Lock; readonly locks: readonly Lock[]; isLent: boolean };

/**
 * Makes the claims of one run. Its services are claimed all at once, since they are held while others start: two runs that
 * had one each would wait for each other. In a watch, `ofWatch` is what this process holds already for services of an earlier run.
 */
export function makeClaims(session: Session, plan: Plan, ofWatch: Holdings | undefined): Claims {
  const { pid, env } = session.host;
  const { tasks } = plan;
  const held: Holdings = ofWatch ?? new Map();
  const folder = lockFolder(session.root);
  const loans = makeLoans({ folder, pid, env, tasks, isInWatch: ofWatch !== undefined });
  const waits = new Map<PlannedTask, Wait>();
  let canLock: boolean | undefined;
  const identity = (task: PlannedTask): string => identityOf(task, environmentOf(session, task));
  const mayClaim = (task: PlannedTask): boolean =>
    task.work.kind === 'service' && !held.has(task.name) && loans.of(task) === undefined;
  const takeBack = (holding: Held): void => {
    if (holding.isLent) stopLending(holding.own.file);
    holding.isLent = false;
  };

  return {
    take: (task) => {
      canLock ??= makeLockFolder(folder);
      if (!canLock || !isExclusive(task) || held.has(task.name)) return { state: 'taken', doneBy: undefined };
      const own = ownLock(folder, task);
      const loan = loans.of(task);
      if (loan !== undefined) return { state: 'lent', lock: own.name, ...loan };
      const isService = task.work.kind === 'service';
      const together = isService ? tasks.filter((one) => one === task || mayClaim(one)) : [task];
      const claimed = together.map((one) => claimOf(folder, one, pid));
      const blocked = takeAll(claimed.flatMap(({ claim, locks }) => locks.map((lock) => ({ lock, claim }))));
      if (blocked !== undefined) {
        const { lock, by } = blocked;
        if (lock.file === own.file) waits.set(task, waitFor(by, own.file, waits.get(task)));
        return loans.heldAround(blocked) ?? { state: 'held', by, lock: lock.name, hint: loans.hintOf(blocked) };
      }
      together.forEach((one, index) => {
        const claim = claimed[index];
        if (claim !== undefined) held.set(one.name, claim);
      });
      const usable = claimsOf(waits.get(task) ?? [], reuseOf(task, plan));
      return { state: 'taken', doneBy: doneBy(usable, own.file, () => identity(task)) };
    },
    giveBackAll: (isKept) => {
      for (const [name, holding] of held) {
        if (isKept(name)) continue;
        takeBack(holding);
        for (const { file } of holding.locks) unlock(file);
        held.delete(name);
      }
    },
    lend: (service, goesOn) => {
      const holding = held.get(service.name);
      if (holding === undefined) return;
      lend(holding.own.file, { by: holding.claim, identity: identityOfService(service), goesOn });
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
      leaveResult(holding.own.file, () => ({
        claim: writeClaim(holding.claim),
        succeeded,
        identity: identity(task),
      }));
      for (const { file } of [...holding.locks].reverse()) unlock(file);
    },
  };
}

/** A task without work changes nothing; an interactive one belongs to a person at one of several terminals. */
function isExclusive({ work, interactive, locks }: PlannedTask): boolean {
  return (work.kind !== 'none' && !interactive) || locks.length > 0;
}

/** In the order of their names, so that no two runs wait for each other. */
function namedLocks(folder: string, { locks }: PlannedTask): readonly Lock[] {
  return [...locks].sort().map((name) => ({ name, file: namedLockFile(folder, name) }));
}

function claimOf(folder: string, task: PlannedTask, pid: number): Held {
  const own = ownLock(folder, task);
  return { claim: makeClaim(pid, task.name), own, locks: [own, ...namedLocks(folder, task)], isLent: false };
}

type Wanted = { readonly lock: Lock; readonly claim: Claim };

function takeAll(wanted: readonly Wanted[]): Blocked | undefined {
  const taken: string[] = [];
  let isComplete = false;
  try {
    for (const { lock, claim } of wanted) {
      const attempt = tryLock(lock.file, claim);
      if (attempt.state === 'held') return { lock, by: attempt.by, file: attempt.file };
      taken.push(lock.file);
    }
    isComplete = true;
    return undefined;
  } finally {
    if (!isComplete) for (const file of taken) unlock(file);
  }
}
