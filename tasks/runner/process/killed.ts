import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt } from '../attempt.ts';
import type { Host } from '../host.ts';
import { findProcess, hasProc } from './list.ts';

/** Written by the watcher of a run that was killed, when all that the run had started is gone. */
export function killedFile(root: string, run: string): string {
  return join(root, '.tasks', 'state', `${prefix}${run}`);
}

/** When a run was killed that did not end, in ms since 1970; undefined where nobody saw it, as after a power failure. */
export function killTime(root: string, run: string): number | undefined {
  return statSync(killedFile(root, run), { throwIfNoEntry: false })?.mtimeMs;
}

/**
 * Waits until the watcher of such a run is done: till then what the run has started may still write. A run that goes on beside
 * ours, of an interactive task, was not killed.
 */
export async function waitForWatcher(
  { sleep, clockMs, dateMs }: Pick<Host, 'sleep' | 'clockMs' | 'dateMs'>,
  { root, run, signal }: { readonly root: string; readonly run: string; readonly signal: AbortSignal },
): Promise<void> {
  const file = killedFile(root, run);
  const name = file.slice(file.lastIndexOf('/'));
  const runner = Number.parseInt(run, 10);
  const startedMs = clockMs();
  const mayWait = (): boolean => !signal.aborted && clockMs() - startedMs < patienceMs;
  while (!existsSync(file) && mayWait() && isOrphaned(name, runner)) await sleep(stepMs);
  removeOld(dirname(file), dateMs());
}

const prefix = 'killed-';
const stepMs = 20;
const patienceMs = 10_000;

/** Whether a runner that is gone still has a watcher, which ends what the run had started. */
export function isCleanedUpAfter(runner: number): boolean {
  return isOrphaned(`/${prefix}${runner}-`, runner);
}

/** Whether a process that outlives its runner has such a file to write: the watcher is told of it by its name, of which a part is given. */
function isOrphaned(part: string, runner: number): boolean {
  return watchersOf(part).some((pid) => findProcess(pid)?.parent !== runner);
}

function watchersOf(part: string): readonly number[] {
  if (hasProc())
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && hasArgument(name, part))
      .map(Number);
  const { stdout } = spawnSync('pgrep', ['-f', part], { encoding: 'utf8' });
  return (stdout ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

function hasArgument(pid: string, part: string): boolean {
  return attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(part), false);
}

/** Another task of the same run may ask for it, but not for ever. */
const keptMs = 30 * 24 * 60 * 60 * 1000;

function removeOld(folder: string, nowMs: number): void {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(prefix)) : [];
  for (const name of names) {
    const path = join(folder, name);
    const writtenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    if (nowMs - writtenMs > keptMs) rmSync(path, { force: true });
  }
}
