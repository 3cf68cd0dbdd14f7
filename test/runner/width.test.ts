import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import widthOf from '../../tasks/runner/render/listr/width.ts';

const ranges = [
  [0x20, 0x7e],
  [0xa0, 0x36f],
  [0x2000, 0x2fff],
  [0xfe00, 0xfe0f],
  [0x1_f300, 0x1_f9ff],
] as const;
const character = fc
  .oneof(...ranges.map(([min, max]) => fc.integer({ min, max })))
  .map((code) => String.fromCodePoint(code));
const coloured = fc.constantFrom('\u001b[2m', '\u001b[38;5;1m', '\u001b[22m', '\u001b]8;;x\u0007', '\u001b');

test('a text is as wide as the full tables say', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(character, coloured), { maxLength: 8 }), (parts) => {
      expect(widthOf(parts.join(''))).toBe(stringWidth(parts.join('')));
    }),
    { numRuns: 5_000 },
  );
});

test('every sign by itself, and before a variation selector, is as wide as the full tables say', () => {
  for (let code = 0x20; code < 0x3000; code++) {
    const sign = String.fromCodePoint(code);
    for (const text of [sign, `${sign}\ufe0f`, `a${sign}b`])
      expect(widthOf(text), code.toString(16)).toBe(stringWidth(text));
  }
});
