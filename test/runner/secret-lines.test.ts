/** Lines in which a secret may have begun are held until the next one tells, and given once. */
import { expect, test } from 'vitest';
import { makeLineMasker, maskLines } from '../../tasks/runner/secrets/lines.ts';

const secret = 'aaaabbbbaaaabbbbXXXX';
const mask = (text: string): string => text.replaceAll(secret, '***');

test('what is held at the end is given once, however often the end is told', () => {
  const { push, end } = makeLineMasker([secret], mask);
  expect([...push('x aaaabbbb'), ...push('aaaabbbb')]).toEqual([]);
  expect(end()).toEqual(['x aaaabbbb', 'aaaabbbb']);
  expect(end()).toEqual([]);
});

test('each piece of a line says whether that goes on, also where it was held', () => {
  const given: (readonly [string, boolean])[] = [];
  const masked = maskLines(makeLineMasker([secret], mask), (line, goesOn) => given.push([line, goesOn]));
  masked.push('x aaaabbbb', true);
  masked.push('aaaabbbbXXXX y', false);
  masked.push('z aaaabbbb', false);
  masked.end();
  masked.end();
  expect(given).toEqual([
    ['x ***', true],
    ['*** y', false],
    ['z aaaabbbb', false],
  ]);
});
