/** When the profiler cannot go on, it says so: in a sentence, in its state, and with its exit code. */
import { expect, test } from 'vitest';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';

const PORTS = { PROFILER_PORTS: String(await freePort()) };
/** Runs in a timer of the profiler once it gets the signal. */
const onHangup = (code: string) => ({
  NODE_OPTIONS: `--import "data:text/javascript,import fs from 'node:fs'; process.on('SIGHUP', () => setTimeout(() => { ${code} }))"`,
});

test.each([
  [
    'the system',
    `fs.openSync('/nowhere')`,
    1,
    'the system refused to open `/nowhere`: no such file or directory (ENOENT)',
  ],
  ['a bug', `throw new TypeError('so')`, 70, 'this is a bug in the profiler: so'],
  ['a promise', `Promise.reject(new RangeError('so'))`, 70, 'this is a bug in the profiler: so'],
])('%s ends it: the state is `failed`', async (_, code, exitCode, sentence) => {
  await using profiler = await startProfiler({ ...PORTS, ...onHangup(code) });
  expect(profiler.status().state).toBe('attached');
  process.kill(profiler.pid, 'SIGHUP');
  const ended = await profiler.ended;
  expect(ended.code).toBe(exitCode);
  const lines = ended.said.split('\n');
  expect(lines.slice(0, 2)).toEqual(['profiler: attached', `profiler: ${sentence}`]);
  expect(lines.some((line) => /^ +at /.test(line))).toBe(exitCode === 70);
  expect(profiler.status()).toMatchObject({ state: 'failed', tier: null, why: sentence, counters: {} });
});

test('a wrong setting is told in the state too', async () => {
  const wrong = startProfiler({ ...PORTS, PROFILER_TIER: 'E', PROFILER_ROLE: 'all' });
  await expect(wrong).rejects.toThrow(
    /ended with 2: profiler: PROFILER_ROLE.*\nprofiler: PROFILER_TIER.*\n\{"state":"failed".*PROFILER_ROLE.*PROFILER_TIER/,
  );
});
