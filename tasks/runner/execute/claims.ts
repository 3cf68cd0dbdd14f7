import type { Holder } from '../events.ts';
import type { Env } from '../host.ts';
import { type Claim, hintOfUnseen, makeClaim, writeClaim } from '../locks/holder.ts';
import { isSame, type Lent, lend, readLent, takeBack as stopLending } from '../locks/lent.ts';
import { makeLockFolder, tryLock, unlock } from '../locks/lock.ts';
import { lockFile, lockFolder, namedLockFile } from '../locks/place.ts';
import { leaveResult } from '../locks/result.ts';
import type { PlannedTask } from '../plan.ts';
import { goesOn, identityOfService, type Loan, whyNotUsed } from '../service/borrowed.ts';
import { type Around, runAround } from './around.ts';
import { claimsOf, doneBy, type Reuse, type Wait, waitFor } from './reuse.ts';

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
  readonly giveBackAll: (isKept?: (task: string) => boolean) => void;
};

export type Taken =
  /** `doneBy` is the run that has just done the same with success, and began when this one waited already. */
  | { readonly state: 'taken'; readonly doneBy: Holder | undefined }
  | { readonly state: 'held'; readonly by: Holder; readonly lock: string; readonly hint: string | undefined }
  /** A service that another run keeps up, which we may use; `around` where that run is one inside of which we were started. */
  | ({ readonly state: 'lent'; readonly lock: string; readonly around: Around | undefined } & Loan)
  /** We were started by that very task, or by one that ends before the service does: we would wait for ever. */
  | { readonly state: 'held-around-us'; readonly outer: string; readonly service: HeldService | undefined };

/** A service of a run around us, and why it cannot be used here; undefined where the task that started us does not need it. */
export type HeldService = { readonly name: string; readonly because: string | undefined };

type Lock = { readonly name: string; readonly file: string };
/** What is held, by the name of the task. */
export type Holdings = Map<string, Held>;
type Held = { readonly claim: Claim; readonly own: Lock; readonly locks: readonly Lock[]; isLent: boolean };

type Options = {
  readonly root: string;
  readonly pid: number;
  readonly env: Env;
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
export function makeClaims({ root, pid, env, tasks, identityOf, reuseOf, ...options }: Options): Claims {
  const held: Holdings = options.held ?? new Map();
  const isInWatch = options.held !== undefined;
  const folder = lockFolder(root);
  const waits = new Map<PlannedTask, Wait>();
  let canLock: boolean | undefined;
  const mayClaim = (task: PlannedTask): boolean =>
    task.work.kind === 'service' && !held.has(task.name) && loanOf(task) === undefined;
  const takeBack = (holding: Held): void => {
    if (holding.isLent) stopLending(holding.own.file);
    holding.isLent = false;
  };
  const aroundUs = (claim: Claim): Around | undefined => runAround(claim, { pid, env, folder });
  /** What is lent of a task that is a service, if it is lent to us too. */
  const lentOf = (task: PlannedTask): (Lent & { readonly around: Around | undefined }) | undefined => {
    const lent = task.work.kind === 'service' ? readLent(ownLock(folder, task).file) : undefined;
    if (lent === undefined) return undefined;
    const around = aroundUs(lent.by);
    return lent.goesOn || around?.services.includes(task.name) === true ? { ...lent, around } : undefined;
  };
  const loanOf = (task: PlannedTask): (Loan & { readonly around: Around | undefined }) | undefined => {
    const lent = lentOf(task);
    if (lent === undefined || whyNotUsed(task, lent, isInWatch) !== undefined) return undefined;
    const { file } = ownLock(folder, task);
    return { by: lent.by, around: lent.around, isStillThere: () => isSame(readLent(file), lent) };
  };
  /** How to go on where a service that another run keeps up is in the way, and cannot be used. */
  const hintOf = ({ lock, by, file }: Blocked): string | undefined => {
    const because = whyNotLent(lock.name);
    return because === undefined ? hintOfUnseen(by, file) : goesOn(because);
  };
  const whyNotLent = (service: string): string | undefined => {
    const wanted = tasks.find((task) => task.name === service);
    const lent = wanted === undefined ? undefined : lentOf(wanted);
    return wanted === undefined || lent === undefined ? undefined : whyNotUsed(wanted, lent, isInWatch);
  };
  /** Where what is held ends only after us. */
  const heldAround = ({ name }: Lock, by: Claim): Extract<Taken, { readonly state: 'held-around-us' }> | undefined => {
    const around = aroundUs(by);
    if (around === undefined) return undefined;
    const isService = tasks.some((task) => task.name === name && task.work.kind === 'service');
    const service = isService ? { name, because: whyNotLent(name) } : undefined;
    return isService || around.task === by.task || around.services.includes(by.task)
      ? { state: 'held-around-us', outer: around.task, service }
      : undefined;
  };

  return {
    take: (task) => {
      canLock ??= makeLockFolder(folder);
      if (!canLock || !isExclusive(task) || held.has(task.name)) return { state: 'taken', doneBy: undefined };
      const own = ownLock(folder, task);
      const loan = loanOf(task);
      if (loan !== undefined) return { state: 'lent', lock: own.name, ...loan };
      const isService = task.work.kind === 'service';
      const together = isService ? tasks.filter((one) => one === task || mayClaim(one)) : [task];
      const claimed = together.map((one) => claimOf(folder, one, pid));
      const blocked = takeAll(claimed.flatMap(({ claim, locks }) => locks.map((lock) => ({ lock, claim }))));
      if (blocked !== undefined) {
        const { lock, by } = blocked;
        if (lock.file === own.file) waits.set(task, waitFor(by, own.file, waits.get(task)));
        return heldAround(lock, by) ?? { state: 'held', by, lock: lock.name, hint: hintOf(blocked) };
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
        identity: identityOf(task),
      }));
      for (const { file } of [...holding.locks].reverse()) unlock(file);
    },
  };
}

/** A task without work changes nothing; an interactive one belongs to a person at one of several terminals. */
function isExclusive({ work, interactive, locks }: PlannedTask): boolean {
  return (work.kind !== 'none' && !interactive) || locks.length > 0;
}

function ownLock(folder: string, { name }: PlannedTask): Lock {
  return { name, file: lockFile(folder, name) };
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
type Blocked = { readonly lock: Lock; readonly by: Claim; readonly file: string };

function takeAll(wanted: readonly Wanted[]): Blocked | undefined {
  for (const [index, { lock, claim }] of wanted.entries()) {
    const attempt = tryLock(lock.file, claim);
    if (attempt.state !== 'held') continue;
    for (const taken of wanted.slice(0, index)) unlock(taken.lock.file);
    return { lock, by: attempt.by, file: attempt.file };
  }
  return undefined;
}
