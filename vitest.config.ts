import { defineConfig } from 'vitest/config';
import { Skips } from './test/helpers/skips.ts';

const pure = ['runner', 'profiler', 'checks', 'stack', 'repo'].map((folder) => `test/${folder}/**/*.test.ts`);

/** Pure tests run together; then those that run the real program; last, one at a time, those that share the machine's engine and kernel. */
export default defineConfig({
  test: {
    globalSetup: 'test/runner/build.ts',
    reporters: ['default', new Skips()],
    projects: [
      { extends: true, test: { name: 'pure', include: pure, testTimeout: 60_000, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'runner',
          include: ['test/e2e/runner-*.test.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'machine',
          include: ['test/{bpf,container}/**/*.test.ts', 'test/e2e/*.test.ts'],
          exclude: ['test/e2e/runner-*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
