import { literal } from '../text/literal.ts';
import { isOfMake } from './known.ts';
import { outermost } from './scope.ts';
import type { Assignment } from './statement.ts';

export type Variable = {
  readonly chunks: readonly Chunk[];
  /** The caller's value goes before that of the first chunk. */
  readonly isDefault: boolean;
  readonly isImmediate: boolean;
};

/** A value, or what `+=` added to it. `before`: of a `:=`, the statement at which all that it names must have its last value. */
export type Chunk = { readonly text: string; readonly before: number };

/** In the place of a default, where the Makefile has none. */
export const ofCallerOnly: Chunk = { text: '', before: outermost.before };

/** What a variable is after a statement; or why that cannot be told. */
export function valueAfter(
  before: Variable | undefined,
  { name, flavour, value }: Assignment,
  index: number,
): Variable | string {
  const now = { text: value, before: index };
  const later = { text: value, before: outermost.before };
  if (flavour === '+=') {
    const isOdd = name === 'SHELL' || isOfMake(name) || !/^[A-Za-z_]\w*$/.test(name);
    if (before === undefined && isOdd) return '`+=`, which adds to what make or the caller sets';
    const { chunks, ...more } = before ?? { chunks: [ofCallerOnly], isDefault: true, isImmediate: false };
    return { ...more, chunks: value === '' ? chunks : [...chunks, more.isImmediate ? now : later] };
  }
  const [, rest] = new RegExp(`^\\$[({]${literal(name)}[)}]\\s+(.*)$`).exec(value) ?? [];
  if (flavour === ':=' && before !== undefined && rest !== undefined) {
    if (before.isDefault) return 'itself and what the caller sets';
    const earlier = before.chunks.map((chunk) => ({ ...chunk, before: Math.min(chunk.before, index) }));
    return { chunks: [...earlier, { ...now, text: rest }], isDefault: false, isImmediate: true };
  }
  const isImmediate = flavour === ':=';
  return { chunks: [isImmediate ? now : later], isDefault: flavour === '?=', isImmediate };
}
