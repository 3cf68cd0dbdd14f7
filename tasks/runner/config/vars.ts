import { parseTemplate } from './template.ts';
import type { Config } from './types.ts';

/** So many characters may a var have when all is filled in: no system lets a program be given more. */
export const longestVar = 1_048_576;

type Expanded = {
  readonly vars: Config['vars'];
  /** Those that would be too long, with their length. They are empty instead: what uses them is not at fault. */
  readonly tooLong: ReadonlyMap<string, number>;
};

/** A var may use those above it, and those of the including files. */
export function expandVars(vars: Readonly<Record<string, unknown>>, outer: Config['vars']): Expanded {
  const expanded: Record<string, string> = { ...outer };
  const tooLong = new Map<string, number>();
  const lookUp = (name: string): string => expanded[name] ?? '';
  for (const [name, value] of Object.entries(vars)) {
    const pieces = parseTemplate(String(value)).map((piece) => ('name' in piece ? lookUp(piece.name) : piece.literal));
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length > longestVar) tooLong.set(name, length);
    expanded[name] = length > longestVar ? '' : pieces.join('');
  }
  return { vars: expanded, tooLong };
}
