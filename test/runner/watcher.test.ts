/** The watcher of a run, where its runner was gone before it began. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openMarker } from '../../tasks/runner/process/marker.ts';
import { startWatcher } from '../../tasks/runner/process/watcher.ts';

test('a watcher whose runner was killed before it could look for it comes to its end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watcher-'));
  const killed = join(folder, 'killed');
  const started: ChildProcess[] = [];
  /** What it starts is an orphan from the beginning. */
  const spawnOrphan = (command: readonly string[], options: object): ChildProcess => {
    const child = spawn('sh', ['-c', '(sleep 0.2; exec "$@") <&0 &', 'parent', ...command], options);
    started.push(child);
    return child;
  };
  startWatcher(
    { spawn: spawnOrphan as never, env: process.env, pid: process.pid },
    { marker: openMarker()?.flags, killed },
  );
  await new Promise((resolve) => started[0]?.once('exit', resolve));
  started[0]?.stdin?.destroy();
  while (!existsSync(killed)) await sleep(20);
  expect(existsSync(killed)).toBe(true);
  rmSync(folder, { recursive: true });
});
