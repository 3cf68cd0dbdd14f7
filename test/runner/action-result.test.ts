/** The form in which results are kept is Bazel's `ActionResult`, byte for byte. */
import { expect, test } from 'vitest';
import { decodeResult, encodeResult } from '../../tasks/runner/cache/action-result.ts';
import { decodeFields, encodeNumber } from '../../tasks/runner/cache/protobuf.ts';

const digest = 'ab'.repeat(32);

test('a file is field 2 with path, digest and exec bit, a link is field 12 with path and target', () => {
  const bytes = encodeResult({
    files: [{ path: 'out/a', digest, size: 300, isProgram: true }],
    links: [{ path: 'out/l', target: 'a' }],
    folders: [],
  });
  const file = `0a05${Buffer.from('out/a').toString('hex')}1245${'0a40'}${Buffer.from(digest).toString('hex')}10ac022001`;
  const link = `0a05${Buffer.from('out/l').toString('hex')}1201${Buffer.from('a').toString('hex')}`;
  expect(bytes.toString('hex').startsWith(`1250${file}620a${link}2a`)).toBe(true);
});

test('what another tool has put there is no result of ours', () => {
  expect(decodeResult(Buffer.alloc(0))).toBeUndefined();
  expect(decodeResult(Buffer.from('not a message'))).toBeUndefined();
  expect(decodeResult(encodeNumber(4, 0))).toBeUndefined();
});

test('fields of every kind are read over', () => {
  const bytes = Buffer.from([0x08, 0x96, 0x01, 0x11, ...Array(8).fill(1), 0x1a, 0x01, 0x78, 0x25, 1, 2, 3, 4]);
  expect(decodeFields(bytes).map(({ number, at }) => [number, at])).toEqual([
    [1, 0],
    [2, 3],
    [3, 12],
    [4, 15],
  ]);
  expect(() => decodeFields(bytes.subarray(0, 14))).toThrow('ends within a field');
});
