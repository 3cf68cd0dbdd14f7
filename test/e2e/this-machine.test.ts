/** The doctor on the machine that runs the tests. */
import { expect, test } from 'vitest';
import { tasks } from '../helpers/checkout.ts';

test('this machine is ready', async () => {
  const { code, output } = await tasks(['doctor']);
  expect(code, output).toBe(0);
});
