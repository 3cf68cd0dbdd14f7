/** With what a piece begins, where it is not known where messages do. */
import { expect, test } from 'vitest';
import { startsAnswer } from '../../container/profiler/src/connection/starts.ts';
import { inRing, someone } from '../helpers/wire.ts';

const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
const line = 'HTTP/1.1 100 Continue\r\n';
const whole = { offset: 0, gap: 'none', other: 0, timeNs: 0, who: someone } as const;

test.each([
  ['an interim one alone', interim.length, false],
  ['an interim one with another behind it', interim.length + 40, true],
])('of answers whose head the kernel knows, %s', (_, length, isAnswer) => {
  const known = { headBytes: interim.length, bodyBytes: 0 };
  expect(startsAnswer({ ...whole, ...inRing(line), cap: line.length, length, framed: known })).toBe(isAnswer);
});

test.each([
  ['an interim one alone', interim, false],
  ['an interim one with another behind it', `${interim}HTTP/1.1 200 OK\r\n`, true],
  ['the switch to another protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', true],
])('of answers that were copied, %s', (_, text, isAnswer) => {
  const piece = { ...whole, ...inRing(text), cap: text.length, length: text.length, framed: undefined };
  expect(startsAnswer(piece)).toBe(isAnswer);
});
