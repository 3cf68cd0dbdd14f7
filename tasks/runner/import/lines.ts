import { usageError } from '../errors.ts';

/** A line as make joins it, with its number from 1 on and, of a file that is included, the name of that. */
export type Line = { readonly number: string; readonly text: string; readonly isRecipe: boolean };

/** A line that ends in a backslash goes on; in a recipe the shell joins it, so there both stay. */
export function logicalLines(text: string, file?: string): readonly Line[] {
  const lines: Line[] = [];
  const physical = text.split(/\r?\n/);
  for (let index = 0; index < physical.length; index++) {
    const number = `${index + 1}${file === undefined ? '' : ` of \`${file}\``}`;
    const isRecipe = physical[index]?.startsWith('\t') === true;
    let whole = physical[index] ?? '';
    while (/(^|[^\\])(\\\\)*\\$/.test(whole) && index + 1 < physical.length) {
      const next = physical[++index] ?? '';
      whole = isRecipe ? `${whole}\n${next.replace(/^\t/, '')}` : `${whole.slice(0, -1).trimEnd()} ${next.trimStart()}`;
    }
    lines.push({ number, text: whole, isRecipe });
  }
  return lines;
}

const conditional = /^\s*(ifeq|ifneq|ifdef|ifndef)\b/;
const definition = /^\s*((?:override|export|private)\s+)*define\b/;

/** What is deeper is read within calls that are deeper than calls can be. */
const deepest = 1000;

/** By the index of each line that starts a conditional or a `define`: the index behind its last line, which is the end of all where it has none. */
export function blockEnds(lines: readonly Line[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const [conditionals, definitions]: [number[], number[]] = [[], []];
  for (const [index, line] of lines.entries()) {
    const opened = isDefinition(line) ? definitions : conditional.test(line.text) ? conditionals : undefined;
    opened?.push(index);
    if (opened !== undefined) ends.set(index, lines.length);
    if (conditionals.length > deepest) throw tooDeep(line);
    const closes = /^\s*(endif|endef)\b/.exec(line.text)?.[1];
    const start = closes === undefined ? undefined : (closes === 'endif' ? conditionals : definitions).pop();
    if (start !== undefined) ends.set(start, index + 1);
  }
  return ends;
}

function tooDeep({ number }: Line): Error {
  return usageError(
    `line ${number} of the Makefile opens a condition within ${deepest} others, and what is so deep cannot be imported`,
    'where an `endif` is missing, add it; what generates so many is better imported without them',
  );
}

export function isDefinition({ text }: Line): boolean {
  return definition.test(text);
}
