/** By what is known whose a process is that has lost its parent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { listProcesses } from '../../tasks/runner/process/list.ts';
import { holdersOf, tracesOf } from '../../tasks/runner/process/traces.ts';

const folder = mkdtempSync(join(tmpdir(), 'traces-'));
const left: number[] = [];

afterEach(() => {
  for (const pid of left.splice(0)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('of a command that had ended before we looked, what holds its output is found, and not what was left on purpose', async () => {
  const env = { ...process.env, TASKS_AROUND: `${process.pid}=work` };
  const script = `sleep 1000 & echo $! >${folder}/holder; sleep 1000 >/dev/null & echo $! >${folder}/other; exit 0`;
  const child = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child, 'exit');
  const [holder, other] = ['holder', 'other'].map((name) => Number(readFileSync(join(folder, name), 'utf8')));
  left.push(holder ?? 0, other ?? 0);
  await untilRuns(holder);
  const traces = tracesOf(pidOf(child), process.pid, env);
  expect(traces).toEqual({ told: env.TASKS_AROUND, output: undefined, isUnread: true });
  expect(holdersOf(process.pid, traces, listProcesses()).map(({ pid }) => pid)).toEqual([holder]);
});

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the shell did not start');
  return pid;
}

/** A moment before that, it is still the shell. */
async function untilRuns(pid: number | undefined): Promise<void> {
  await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).toContain('1000'), 10_000);
}
