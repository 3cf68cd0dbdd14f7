import { blockEnds, type Line } from './lines.ts';
import { argumentsOf } from './names.ts';

/** A condition, and the lines of the Makefile with each of its branches in its place. */
export type Condition = {
  readonly first: Line;
  readonly chosen: readonly Line[];
  readonly otherwise: readonly Line[];
};

/** What a condition is called in reasons: no other is called so. */
export function nameOfCondition({ number, text }: Line): string {
  return `a condition (\`${text.trim().split(/\s+/)[0]}\` in line ${number})`;
}

/** The condition that a reason names. */
export function conditionOf(why: string, lines: readonly Line[]): Condition | undefined {
  const index = lines.findIndex((line) => why.includes(nameOfCondition(line)));
  const [first, ...rest] = lines.slice(index, blockEnds(lines).get(index) ?? index);
  if (first === undefined || rest.some(mayBeOfShell)) return undefined;
  const [chosen, otherwise] = branchesOf(rest);
  const inPlace = (branch: readonly Line[]): readonly Line[] => [
    ...lines.slice(0, index),
    ...branch,
    ...lines.slice(index + 1 + rest.length),
  ];
  return { first, chosen: inPlace(chosen), otherwise: inPlace(otherwise) };
}

/** In a recipe such a line is the shell's. */
function mayBeOfShell({ isRecipe, text }: Line): boolean {
  return isRecipe && /^\s*(else|endif|ifn?eq|ifn?def|define|endef)\b/.test(text);
}

/** What stands between a condition and its `else`, and between that and its end; `else ifeq` begins a condition in there. */
function branchesOf(lines: readonly Line[]): readonly [readonly Line[], readonly Line[]] {
  const ends = blockEnds(lines);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    const [, inner = ''] = /^\s*else\b\s*(.*)$/s.exec(line?.text ?? '') ?? [undefined, 'no else'];
    if (line !== undefined && inner.startsWith('if'))
      return [lines.slice(0, index), [{ ...line, text: inner }, ...lines.slice(index + 1)]];
    if (inner !== 'no else') return [lines.slice(0, index), lines.slice(index + 1, -1)];
    index = (ends.get(index) ?? index + 1) - 1;
  }
  return [lines.slice(0, -1), []];
}

/** What a condition asks: whether two texts are the same, and whether its first branch is for that. */
export type Question = {
  readonly left: string;
  readonly right: string;
  readonly isEqual: boolean;
  /** The variable that `ifdef` asks for. */
  readonly name?: string;
};

/** Undefined where it is written in a way that is not understood. */
export function questionOf({ text }: Line): Question | undefined {
  const [, word = '', rest = ''] = /^\s*(ifn?eq|ifn?def)\b\s*(.*?)\s*(?:#.*)?$/s.exec(text) ?? [];
  const isEqual = word === 'ifeq' || word === 'ifndef';
  if (word.endsWith('def'))
    return /^\w+$/.test(rest) ? { left: `$(${rest})`, right: '', isEqual, name: rest } : undefined;
  const [left, right, ...more] = /^\(.*\)$/s.test(rest)
    ? argumentsOf(rest.slice(1, -1)).map((side, index) => (index === 0 ? side.trimEnd() : side.trimStart()))
    : [...rest.matchAll(/(?<=^|\s)(["'])([^"']*)\1(?=\s|$)/g)].map(([, , side = '']) => side);
  const isWhole = left?.trim() === left && right?.trim() === right && more.length === 0;
  return left !== undefined && right !== undefined && isWhole ? { left, right, isEqual } : undefined;
}
