/** The exit code that a process leaves behind. */
import { afterEach, expect, test } from 'vitest';
import { failLate, leaveExit } from '../../tasks/runner/host/ending.ts';

const before = process.exitCode;
afterEach(() => {
  process.exitCode = before;
});

test('what fails when a run has told how it ended is no success, and leaves the code of a failure as it is', () => {
  leaveExit(0);
  expect(process.exitCode).toBe(0);
  failLate();
  expect(process.exitCode).toBe(1);
  leaveExit(0);
  expect(process.exitCode).toBe(1);
  leaveExit(9);
  failLate();
  expect(process.exitCode).toBe(9);
});
