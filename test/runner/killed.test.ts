/** Who begins a task waits for what is left of a killed run of it, and for no run that goes on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { killedFile, waitForWatcher } from '../../tasks/runner/process/killed.ts';

/** Waits beside the watcher of a run, and says how often it had to sleep; `onSleep` is called each time. */
async function sleepsBeside(runner: number, onSleep: (done: { killed: string; stop: AbortController }) => unknown) {
  const root = await mkdtemp(join(tmpdir(), 'killed-'));
  const run = `${runner}-1`;
  const killed = killedFile(root, run);
  await mkdir(dirname(killed), { recursive: true });
  const watcher = spawn('/bin/sh', ['-c', 'echo; read -r line', 'watcher', killed], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(watcher.stdout, 'data');
  const stop = new AbortController();
  let sleeps = 0;
  const sleep = async () => {
    sleeps += 1;
    await onSleep({ killed, stop });
  };
  try {
    await waitForWatcher({ sleep, clockMs: () => 0, dateMs: () => Date.now() }, { root, run, signal: stop.signal });
    return sleeps;
  } finally {
    watcher.stdin.end();
    await once(watcher, 'exit');
    await rm(root, { recursive: true });
  }
}

const someoneElse = 1;

test('a run that goes on is not waited for', async () => {
  const unexpected = () => expect.unreachable('it waits');
  expect(await sleepsBeside(process.pid, unexpected)).toBe(0);
});

test('the watcher of a killed run is waited for until it has written when that was', async () => {
  expect(await sleepsBeside(someoneElse, ({ killed }) => writeFile(killed, ''))).toBe(1);
});

test('an interrupt ends the wait', async () => {
  expect(await sleepsBeside(someoneElse, ({ stop }) => stop.abort())).toBe(1);
});
