import { isDefinition, type Line, logicalLines } from './lines.ts';

export type Included = {
  readonly lines: readonly Line[];
  /** The names of the files that are part of them. */
  readonly files: readonly string[];
};

type ReadText = (name: string) => Promise<string | undefined>;

/** The lines of a Makefile and, in their places, those of the files that it includes and that belong to the project as it does. */
export async function includedLines(
  text: string,
  readText: ReadText,
  trail: readonly string[] = [],
): Promise<Included> {
  const lines: Line[] = [];
  const files: string[] = [];
  const own = logicalLines(text, trail.at(-1));
  let isInDefinition = false;
  for (const [index, line] of own.entries()) {
    isInDefinition = isInDefinition ? !/^\s*endef\b/.test(line.text) : isDefinition(line);
    const isAsked = !isInDefinition && !line.isRecipe && own[index + 1]?.isRecipe !== true;
    const inner = isAsked ? await partsOf(line, readText, trail) : undefined;
    lines.push(...(inner?.lines ?? [line]));
    files.push(...(inner?.files ?? []));
  }
  return { lines, files };
}

/** Not of what is made, or differs from checkout to checkout: `-include .env`, `include config.mk`. */
async function partsOf({ text }: Line, readText: ReadText, trail: readonly string[]): Promise<Included | undefined> {
  const [, names] = /^\s*include\s+([^#$*?[]+)$/.exec(text) ?? [];
  if (names === undefined) return undefined;
  const parts: Included[] = [];
  for (const name of names.trim().split(/\s+/)) {
    const isOfProject = /\.(mk|mak|make)$|(^|\/)Makefile[\w.-]*$/.test(name) && !/config|local|(^|\/)\.|^\//.test(name);
    const text = isOfProject && !trail.includes(name) ? await readText(name) : undefined;
    if (text === undefined) return undefined;
    const { lines, files } = await includedLines(text, readText, [...trail, name]);
    parts.push({ lines, files: [name, ...files] });
  }
  return { lines: parts.flatMap(({ lines }) => lines), files: parts.flatMap(({ files }) => files) };
}
