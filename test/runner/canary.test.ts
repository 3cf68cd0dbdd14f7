/** By what a runner tells who has sent a SIGINT: how much a process says that did not die of it. */
import { type ChildProcess, spawn as spawnProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeCanary } from '../../tasks/runner/process/canary.ts';
import { commandOf } from '../helpers/processes.ts';

/** Processes that die only when the test says so; time stands still. */
function makeHost(pid?: number) {
  const children: EventEmitter[] = [];
  const spawn = (): ChildProcess => {
    const child = Object.assign(new EventEmitter(), { pid, unref: () => undefined, stdin: null });
    children.push(child);
    return child as unknown as ChildProcess;
  };
  return { children, spawn, sleep: async () => undefined, untilSignalsAreHeard: turn, clockMs: () => 1_000_000 };
}

async function turns(): Promise<void> {
  for (let count = 0; count < 3; count++) await turn();
}

test('what has the terminal for itself is told from the first moment for whom a SIGINT is', async () => {
  const host = makeHost();
  const canary = makeCanary(host);
  canary.keep(true);
  expect(host.children).toHaveLength(1);
  await turns();
  expect(await canary.hasHeard()).toBe(false);
});

test('a Ctrl-C that came just before there was a process to hear it is not denied by that', async () => {
  const canary = makeCanary(makeHost());
  canary.keep(true);
  expect(await canary.hasHeard()).toBe(true);
});

test('one that has died of it says so, though the news of its death is late', async () => {
  const noProcess = 2 ** 22 + 1;
  const canary = makeCanary(makeHost(noProcess));
  canary.keep(true);
  await turns();
  expect(await canary.hasHeard()).toBe(true);
});

test('one that a SIGINT has killed is followed by another', async () => {
  const host = makeHost();
  const canary = makeCanary(host);
  canary.keep(true);
  await turns();
  const answer = canary.hasHeard();
  host.children[0]?.emit('exit', null, 'SIGINT');
  expect(await answer).toBe(true);
  expect(host.children).toHaveLength(2);
});

test('one ends with the run', () => {
  const host = makeHost();
  let isEnded = false;
  const stdin = {
    on: () => undefined,
    end: () => {
      isEnded = true;
    },
  };
  const canary = makeCanary({
    ...host,
    spawn: () => Object.assign(host.spawn(), { stdin }) as unknown as ChildProcess,
  });
  canary.keep(true);
  canary.close();
  expect(isEnded).toBe(true);
});

test('one that a SIGINT was sent to is seen to die of it before anybody hears of its death', async () => {
  let child: ChildProcess | undefined;
  const host = {
    ...makeHost(),
    spawn: ([program = '', ...words]: readonly string[]) => {
      child = spawnProcess(program, words, { stdio: ['pipe', 'ignore', 'ignore'] });
      return child;
    },
  };
  const canary = makeCanary(host);
  canary.keep(true);
  await expect.poll(() => commandOf(child?.pid ?? 0)).toBe('cat');
  expect(canary.isDying()).toBe(false);
  const ended = once(child as ChildProcess, 'exit');
  canary.close();
  child?.kill('SIGINT');
  expect(canary.isDying()).toBe(true);
  await ended;
});
