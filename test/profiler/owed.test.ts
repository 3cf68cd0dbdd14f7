/** How many answers are owed: those that answer nothing known, and requests that are told again, do not make that less or more. */
import { expect, test } from 'vitest';
import { Owed } from '../../container/profiler/src/connection/owed.ts';

test('an answer to what nobody saw is not one to what is asked after it', () => {
  const owed = new Owed();
  owed.replied();
  owed.asked();
  expect(owed.isCertain).toBe(true);
  owed.replied();
  expect(owed.isCertain).toBe(false);
});

test('a request that is asked again hides none that was answered and not seen', () => {
  const owed = new Owed();
  owed.asked();
  owed.takeBack(1);
  owed.asked();
  for (let answers = 0; answers < 3; answers++) owed.replied();
  expect(owed.takeUnasked()).toBe(2);
  expect(owed.takeUnasked()).toBe(0);
});
