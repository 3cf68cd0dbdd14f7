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

/** The lines of a conditional or of a `define` that starts here, with its end. */
export function blockAt(lines: readonly Line[], start: number): readonly Line[] | undefined {
  const first = lines[start];
  if (first === undefined) return undefined;
  const [opens, closes] = isDefinition(first) ? [definition, /^\s*endef\b/] : [conditional, /^\s*endif\b/];
  if (!opens.test(first.text)) return undefined;
  let depth = 0;
  for (let index = start; index < lines.length; index++) {
    const text = lines[index]?.text ?? '';
    if (opens.test(text)) depth++;
    if (closes.test(text)) depth--;
    if (depth === 0) return lines.slice(start, index + 1);
  }
  return lines.slice(start);
}

export function isDefinition({ text }: Line): boolean {
  return definition.test(text);
}
