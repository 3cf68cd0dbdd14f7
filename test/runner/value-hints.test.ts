/** What is told to write instead of a value of another kind must itself be valid. */
import { expect, test } from 'vitest';
import { valueHint } from '../../tasks/runner/config/shape/value-hints.ts';

const hint = (value: unknown) => valueHint({ path: ['tasks', 'a', 'timeout'], value, expected: 'string' });

test.each([
  [30, 'write `30s`'],
  [0.5, 'write `500ms`'],
  [1.25, 'write `1250ms`'],
  [0.0001, 'a duration is written `500ms`, `30s`, `5m` or `1h`'],
  [-1, 'a duration is written `500ms`, `30s`, `5m` or `1h`'],
])('a number for a duration, %d, is told with one that is valid', (value, expected) => {
  expect(hint(value)).toBe(expected);
});
