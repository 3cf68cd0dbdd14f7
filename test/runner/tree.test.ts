/** What a killed shell has left on a terminal, and what is no such thing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { listProcesses } from '../../tasks/runner/process/list.ts';
import { orphansOnTerminal } from '../../tasks/runner/process/tree.ts';

test('the shell that has started the runner is not taken for something that was left behind', async () => {
  // Mostly both begin in one tick of the clock by which younger processes are told from older ones.
  for (let times = 0; times < 10; times++) {
    const shell = spawn('sh', ['-c', 'sleep 1000 & echo $!; wait'], { detached: true });
    const [runner] = await once(shell.stdout, 'data');
    const found = orphansOnTerminal(Number(runner), listProcesses()).map(({ pid }) => pid);
    process.kill(-(shell.pid ?? 0), 'SIGKILL');
    await once(shell, 'close');
    expect(found).toEqual([]);
  }
});
