/** The digest of what a command prints, piece by piece, is that of the whole. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestOfStream } from '../../tasks/runner/text/digest.ts';

test.each([
  ['nothing', []],
  ['a few bytes that are no text', [1, 2]],
  ['just as much as is held', [1000, 1048]],
  ['a byte more', [2048, 1]],
  ['much', [1, 70_000, 5, 3000]],
])('of %s', (_, lengths) => {
  const pieces = lengths.map((length, index) => Buffer.alloc(length, 0xfd + index));
  const digest = digestOfStream();
  for (const piece of pieces) digest.push(piece);
  expect(digest.end()).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
});
