/** The watcher of a run whose runner is gone. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openMarker } from '../../tasks/runner/process/marker.ts';
import { startWatcher, type Watcher } from '../../tasks/runner/process/watcher.ts';
import { isRunning } from '../helpers/processes.ts';

/**
 * What comes of a run, from the start of its watcher to its runner's end, in a folder that is gone afterwards. Where `unseen`, the
 * watcher is not shown how its null device was opened.
 */
async function watchToTheEnd(work: (watcher: Watcher, folder: string) => void, unseen = false): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'watcher-'));
  const killed = join(folder, 'killed');
  const started: ChildProcess[] = [];
  /** What it starts is an orphan from the beginning. */
  const spawnOrphan = (command: readonly string[], options: object): ChildProcess => {
    const words = unseen ? [...command.slice(0, -1), '99'] : command;
    const child = spawn('sh', ['-c', 'exec 5<&0; (sleep 0.2; exec "$@" <&5 5<&-) &', 'parent', ...words], options);
    started.push(child);
    return child;
  };
  const host = { spawn: spawnOrphan as never, env: process.env, pid: process.pid, stdoutIsTerminal: false };
  const watcher = startWatcher(host, { marker, killed });
  work(watcher, folder);
  await new Promise((resolve) => started[0]?.once('exit', resolve));
  started[0]?.stdin?.destroy();
  while (!existsSync(killed)) await sleep(20);
  const story = join(folder, 'story');
  const told = existsSync(story) ? readFileSync(story, 'utf8') : '';
  rmSync(folder, { recursive: true });
  return told;
}

const marker = openMarker();

test('a watcher whose runner was killed before it could look for it comes to its end', async () => {
  expect(await watchToTheEnd(() => undefined)).toBe('');
});

test('what is left of a process that was told, and is known by its null device too, is removed once', async () => {
  const told = await watchToTheEnd((watcher, folder) => {
    const pid = execFileSync('sh', ['-c', 'exec 5<&0; sleep 100 <&5 >&2 & echo $!'], {
      stdio: [marker ?? 'ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    watcher.started(Number(pid), { cleanup: `echo removed >> '${folder}/story'` });
  });
  expect(told).toBe('removed\n');
});

test('where the system does not show how files were opened, nothing is taken for a process of the run', async () => {
  let other = 0;
  // It can be no process of ours: it has no stdin.
  const begin = (): void => {
    const told = execFileSync('sh', ['-c', 'sleep 100 <&- >&2 & echo $!'], { stdio: ['ignore', 'pipe', 'ignore'] });
    other = Number(told);
  };
  await watchToTheEnd(begin, true);
  expect(isRunning(other)).toBe(true);
  process.kill(other);
});
