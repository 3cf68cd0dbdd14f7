import type { Env } from '../host.ts';
import { type Claim, hintOfUnseen } from '../locks/holder.ts';
import { isSame, type Lent, readLent } from '../locks/lent.ts';
import { lockFile } from '../locks/place.ts';
import type { PlannedTask } from '../plan.ts';
import { goesOn, type Loan, whyNotUsed } from '../service/borrowed.ts';
import { type Around, runAround } from './around.ts';

/** What other runs of the checkout lend to this one, and what is theirs for longer than this one can wait. */
export type Loans = {
  /** The service of another run that can be used for a task. */
  readonly of: (task: PlannedTask) => LentToUs | undefined;
  /** How to go on where a service that another run keeps up is in the way, and cannot be used. */
  readonly hintOf: (blocked: Blocked) => string | undefined;
  /** Where what is held ends only after us. */
  readonly heldAround: (blocked: Blocked) => HeldAroundUs | undefined;
};

/** `around` where it is a run inside of which we were started. */
export type LentToUs = Loan & { readonly around: Around | undefined };

/** We were started by that very task, or by one that ends before the service does: we would wait for ever. */
export type HeldAroundUs = {
  readonly state: 'held-around-us';
  readonly outer: string;
  readonly service: HeldService | undefined;
};

/** A service of a run around us, and why it cannot be used here; undefined where the task that started us does not need it. */
export type HeldService = { readonly name: string; readonly because: string | undefined };

export type Lock = { readonly name: string; readonly file: string };
/** `file` is what stands in the way. */
export type Blocked = { readonly lock: Lock; readonly by: Claim; readonly file: string };

type Options = {
  readonly folder: string;
  readonly pid: number;
  readonly env: Env;
  readonly tasks: readonly PlannedTask[];
  readonly isInWatch: boolean;
};

/** Makes it for the tasks of one run. */
export function makeLoans({ folder, pid, env, tasks, isInWatch }: Options): Loans {
  const aroundUs = (claim: Claim): Around | undefined => runAround(claim, { pid, env, folder });
  /** What is lent of a task that is a service, if it is lent to us too. */
  const lentOf = (task: PlannedTask): (Lent & { readonly around: Around | undefined }) | undefined => {
    const lent = task.work.kind === 'service' ? readLent(ownLock(folder, task).file) : undefined;
    if (lent === undefined) return undefined;
    const around = aroundUs(lent.by);
    return lent.goesOn || around?.services.includes(task.name) === true ? { ...lent, around } : undefined;
  };
  const loanOf: Loans['of'] = (task) => {
    const lent = lentOf(task);
    if (lent === undefined || whyNotUsed(task, lent, isInWatch) !== undefined) return undefined;
    const { file } = ownLock(folder, task);
    return { by: lent.by, around: lent.around, isStillThere: () => isSame(readLent(file), lent) };
  };
  const hintOf: Loans['hintOf'] = ({ lock, by, file }) => {
    const because = whyNotLent(lock.name);
    return because === undefined ? hintOfUnseen(by, file) : goesOn(because);
  };
  const whyNotLent = (service: string): string | undefined => {
    const wanted = tasks.find((task) => task.name === service);
    const lent = wanted === undefined ? undefined : lentOf(wanted);
    return wanted === undefined || lent === undefined ? undefined : whyNotUsed(wanted, lent, isInWatch);
  };
  const heldAround: Loans['heldAround'] = ({ lock: { name }, by }) => {
    const around = aroundUs(by);
    if (around === undefined) return undefined;
    const isService = tasks.some((task) => task.name === name && task.work.kind === 'service');
    const service = isService ? { name, because: whyNotLent(name) } : undefined;
    return isService || around.task === by.task || around.services.includes(by.task)
      ? { state: 'held-around-us', outer: around.task, service }
      : undefined;
  };
  return { of: loanOf, hintOf, heldAround };
}

/** The lock that a task has for itself. */
export function ownLock(folder: string, { name }: PlannedTask): Lock {
  return { name, file: lockFile(folder, name) };
}
