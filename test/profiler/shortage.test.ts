/** What is said of a disk that is full, once when that begins and once when it is over. */
import { expect, test } from 'vitest';
import { Shortage } from '../../container/profiler/src/shortage.ts';

const begun = expect.stringMatching(/^lines of the traces cannot be written, because the disk is full/);

test('nothing, as long as all is written', () => {
  const shortage = new Shortage();
  expect([shortage.look(0), shortage.sweep(0, 100), shortage.look(0)]).toEqual([undefined, undefined, undefined]);
});

test('once that it is full, and how many lines are missing once all that comes is written', () => {
  const shortage = new Shortage();
  expect(shortage.look(3)).toEqual(begun);
  expect(shortage.look(5)).toBeUndefined();
  // Some were written and some not.
  expect(shortage.sweep(5, 10)).toBeUndefined();
  expect(shortage.look(7)).toBeUndefined();
  expect(shortage.sweep(7, 20)).toBeUndefined();
  // Nothing came.
  expect(shortage.sweep(7, 20)).toBeUndefined();
  expect(shortage.sweep(7, 21)).toBe('lines of the traces are written again; 7 are missing');
  expect(shortage.sweep(7, 30)).toBeUndefined();
});

test('the next time again, with what is missing since', () => {
  const shortage = new Shortage();
  for (const lost of [2, 6]) {
    expect(shortage.look(lost)).toEqual(begun);
    shortage.sweep(lost, lost);
    expect(shortage.sweep(lost, lost + 1)).toBe(
      `lines of the traces are written again; ${lost === 2 ? 2 : 4} are missing`,
    );
  }
});
