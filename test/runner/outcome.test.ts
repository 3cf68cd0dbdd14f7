import { expect, test } from 'vitest';
import { failedCommand } from '../../tasks/runner/execute/outcome.ts';

const recorder = { lastLines: () => [], known: () => [] };

test.each([
  ['EACCES', 'its folder `a` may not be entered by this user', undefined],
  ['EMFILE', 'could not be started: EMFILE', expect.stringContaining('raise `ulimit -n`')],
])('that no shell starts, for %s, is no reason to change whose the project is', (problem, message, remedy) => {
  const ended = { code: null, signal: null, problem };
  const told = failedCommand({ command: 'pwd', ended, folder: 'a' }, recorder);
  expect(told).toMatchObject({ state: 'failed', failure: { message, exit: 127, remedy } });
});
