/** The benches say what they need. */
import { expect, test, vi } from 'vitest';
import { spawnOn } from '../../ci/bench/probe/cores.ts';
import { isInstalled } from '../../ci/bench/probe/installed.ts';
import { runWrk } from '../../ci/bench/probe/measure.ts';

test('a program that is missing is named with the command that installs it', async () => {
  vi.stubEnv('PATH', '/nowhere');
  try {
    await expect(runWrk('http://127.0.0.1:1/', 1, 1)).rejects.toThrow('`wrk` is not installed: apt-get install wrk');
    expect(() => spawnOn('server', 'nginx-of-nobody', [])).toThrow('apt-get install nginx-of-nobody');
    expect(isInstalled(process.execPath)).toBe(true);
  } finally {
    vi.unstubAllEnvs();
  }
});
