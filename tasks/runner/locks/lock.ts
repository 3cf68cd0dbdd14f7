import { accessSync, constants, mkdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { isErrno } from '../host.ts';
import { machineProblem } from '../machine-problem.ts';
import { isCleanedUpAfter } from '../process/killed.ts';
import { folderAt, putInPlace } from '../put-in-place.ts';
import { type Claim, isHeld, readClaim, writeClaim } from './holder.ts';
import { isLeftBehind, keepRenewing, renewNoMore } from './left-behind.ts';
import { thisMachine } from './this-machine.ts';

/** A lock is a symbolic link whose target says who holds it: made, read and replaced in one step each, never half written. */
export type Attempt =
  | { readonly state: 'taken' }
  /** `file` is what stands in the way. */
  | { readonly state: 'held'; readonly by: Claim; readonly file: string }
  /** Nothing can be written here, so there is nothing that two runs could spoil for each other. */
  | { readonly state: 'read-only' };

/** Tries to take the lock. One whose holder was killed is taken over. */
export function tryLock(path: string, claim: Claim): Attempt {
  const attempt = attemptLock(path, claim);
  if (attempt.state !== 'taken') return attempt;
  taken.add(path);
  keepRenewing(path);
  return attempt;
}

/** Gives a lock back. One that could not be made, as on a disk that was full, may be another run's by now. */
export function unlock(path: string): void {
  if (!taken.delete(path)) return;
  renewNoMore(path);
  if (!remove(path)) notRemoved.add(path);
}

const taken = new Set<string>();

/** Where a run makes what it puts in place of a lock, or beside one that it holds. What a killed one has left there goes with its lock. */
export function halfMade(lock: string, { pid }: Pick<Claim, 'pid'>): string {
  return `${lock}.${pid}`;
}

/** The claim in a lock, if anybody holds it. */
export function readLock(path: string): Claim | undefined {
  const text = readText(path);
  return text === undefined ? undefined : readClaim(text);
}

function attemptLock(path: string, claim: Claim): Attempt {
  for (;;) {
    const problem = create(path, claim);
    if (problem === undefined) return { state: 'taken' };
    if (problem === 'read-only') return { state: 'read-only' };
    const text = readText(path);
    if (text === undefined) continue;
    const holder = readClaim(text);
    if (isFromUs(holder, claim) && notRemoved.delete(path)) return { state: 'taken' };
    if (isHeldStill(path, holder)) return { state: 'held', by: holder, file: path };
    const hindrance = takeOver(path, text, claim);
    if (hindrance !== undefined) return hindrance;
    if (readText(path) === writeClaim(claim)) return { state: 'taken' };
  }
}

/** One run at a time replaces a stale lock, and only while it still says what was found stale. */
function takeOver(path: string, stale: string, claim: Claim): Exclude<Attempt, { state: 'taken' }> | undefined {
  const guard = `${path}.takeover`;
  const problem = create(guard, claim);
  if (problem !== undefined) {
    if (problem === 'read-only') return { state: problem };
    const other = readText(guard);
    // Whoever replaces it may be stopped, or on another machine.
    if (other === undefined) return undefined;
    const by = readClaim(other);
    if (isHeldStill(guard, by)) return { state: 'held', by, file: guard };
    return remove(halfMade(path, by)) && remove(guard) ? undefined : { state: 'read-only' };
  }
  try {
    if (readText(path) !== stale) return undefined;
    const fresh = halfMade(path, claim);
    for (const left of [fresh, halfMade(path, readClaim(stale))]) remove(left);
    if (create(fresh, claim) === 'read-only') return { state: 'read-only' };
    putInPlace(fresh, path, () => undefined);
    return undefined;
  } finally {
    remove(guard);
  }
}

/** What we have given back and could not remove: it keeps other runs away until our end, but none of our own tasks. */
const notRemoved = new Set<string>();

function isFromUs(holder: Claim, { pid, started, host }: Claim): boolean {
  return holder.pid === pid && holder.started === started && holder.host === host;
}

/** Whether a run that goes on holds it, or a killed one, until all that it had started has been ended. */
export function isHeldStill(path: string, by: Claim): boolean {
  return isHeld(by) ? !isLeftBehind(path, by) : isStillCleared(by);
}

/** What cannot be ended, as by an engine that hangs, is not waited for. */
const patienceMs = 10_000;
const seenMs = new Map<number, number>();

function isStillCleared({ pid, host }: Claim): boolean {
  if (host !== thisMachine()) return false;
  const sinceMs = seenMs.get(pid) ?? Date.now();
  seenMs.set(pid, sinceMs);
  return Date.now() - sinceMs < patienceMs && isCleanedUpAfter(pid);
}

function create(path: string, claim: Claim): 'exists' | 'read-only' | undefined {
  try {
    symlinkSync(writeClaim(claim), path);
    return undefined;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return 'exists';
    if (isNotWritable(error)) return 'read-only';
    throw error;
  }
}

/** Whether nothing can be written there: it is read-only, somebody else's, or full. */
function isNotWritable(error: unknown): boolean {
  return isErrno(error, 'EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT');
}

/** What a lock, or what lies beside it, says; empty where it is none of ours. */
export function readText(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    // One in a folder that is somebody else's alone cannot be seen.
    if (isErrno(error, 'ENOENT', 'EACCES')) return undefined;
    const isNoLink = isErrno(error, 'EINVAL');
    if (isNoLink) return '';
    throw error;
  }
}

/** Removes it; false where it stays, as on a disk that the system has made read-only since, or in a folder that is somebody else's. */
export function remove(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    if (machineProblem(folderAt(path, error)) === undefined) throw error;
    return false;
  }
}

/** Does what changes something there; where the system refuses that, it is left. */
export function whereWritable(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (machineProblem(error) === undefined) throw error;
  }
}

/** Makes the folder of the locks; false where there can be none. Those in a folder that is somebody else's are still looked at. */
export function makeLockFolder(path: string): boolean {
  try {
    accessSync(`${path}/`, constants.W_OK);
    return true;
  } catch (error) {
    // Where nobody can write, what locks are there tell nothing.
    if (isErrno(error, 'EROFS')) return false;
    if (isErrno(error, 'EACCES')) return true;
  }
  try {
    mkdirSync(path, { recursive: true });
    return true;
  } catch {
    // So nobody has any there; Node gives many a reason as ENOENT, too.
    return false;
  }
}
