import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/helpers/longest-first.ts';
import { Skips } from './test/helpers/skips.ts';

const pure = ['runner', 'profiler', 'checks', 'stack', 'repo'].map((folder) => `test/${folder}/**/*.test.ts`);
const runner = ['test/e2e/runner-*.test.ts'];
/** What calls compilers and packers, and nothing that a machine has one of. */
const tools = ['test/bpf/{fuzz,object,place}.test.ts', 'test/e2e/package.test.ts'];

/** Vitest would leave one processor free: of two, half the machine. */
const together = { maxWorkers: Math.max(2, availableParallelism()), sequence: { groupOrder: 0 } };
const minutes = { testTimeout: 600_000, hookTimeout: 600_000 };

/** First what may run beside anything else; then, one at a time, what shares the machine's engine and kernel. */
export default defineConfig({
  test: {
    globalSetup: 'test/runner/build.ts',
    reporters: ['default', new Skips()],
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'pure', include: pure, testTimeout: 60_000, ...together } },
      { extends: true, test: { name: 'runner', include: runner, testTimeout: 60_000, ...together } },
      { extends: true, test: { name: 'tools', include: tools, ...minutes, ...together } },
      {
        extends: true,
        test: {
          name: 'machine',
          include: ['test/{bpf,container}/**/*.test.ts', 'test/e2e/*.test.ts'],
          exclude: [...runner, ...tools],
          ...minutes,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
