import { lstatSync, lutimesSync } from 'node:fs';
import { uptime } from 'node:os';
import { findProcess } from '../process/list.ts';
import type { Claim } from './holder.ts';
import { hasNameOfOurs, isInSandbox } from './this-machine.ts';

/** How often a run in a sandbox renews the times of its locks. */
const renewalMs = 1_000;
/** One whose holder was stopped, or busy, for less than that is still held. */
const patienceMs = 10_000;
/** Of the clock of /proc, on every Linux. */
const ticksPerS = 100;

const renewed = new Set<string>();
let timer: NodeJS.Timeout | undefined;

/** Renews a lock while we hold it, since in the next sandbox nobody sees whether this one still runs. */
export function keepRenewing(path: string): void {
  if (!isInSandbox()) return;
  renewed.add(path);
  timer ??= setInterval(renewAll, renewalMs).unref();
}

/** To be called before it is given back. */
export function renewNoMore(path: string): void {
  renewed.delete(path);
  if (renewed.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/**
 * Whether a lock was left by a sandbox that was there before ours and went by the same name, as a container before it was
 * started again: it was renewed neither since ours began nor in the last seconds.
 */
export function isLeftBehind(path: string, { host }: Claim): boolean {
  if (!isInSandbox() || !hasNameOfOurs(host)) return false;
  const renewedMs = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  const ageMs = ageOfSandbox();
  if (renewedMs === undefined || ageMs === undefined) return false;
  const silentMs = Date.now() - renewedMs;
  return silentMs > patienceMs && silentMs > ageMs - renewalMs;
}

/** How long ago its first process began; undefined where nobody tells. */
function ageOfSandbox(): number | undefined {
  const started = findProcess(1)?.started ?? '';
  return started === '' ? undefined : (uptime() - Number(started) / ticksPerS) * 1_000;
}

function renewAll(): void {
  const now = new Date();
  for (const path of renewed) {
    try {
      lutimesSync(path, now, now);
    } catch {
      // It was removed, or can be written no more; somebody who waits for it then has less patience.
      renewNoMore(path);
    }
  }
}
