import { partsOf } from './names.ts';
import type { Variables } from './variables.ts';

/** Such files are the compiler's: they name sources, and what is compiled of them. */
export function areDependencyFiles(text: string, variables: Variables): boolean {
  const parts = partsOf(text);
  return parts.length > 0 && parts.every((part) => isDependencyFile(part, variables));
}

/** `a.d`, `$(DEPS)`, `$(OBJS:.o=.d)`, `$(patsubst %.c,%.d,…)`, `$(addsuffix .d,…)`, `$(wildcard *.d)`. */
function isDependencyFile(part: string, variables: Variables): boolean {
  const [, name] = /^\$[({]([\w.-]+)[)}]$/.exec(part) ?? [];
  const chunks = name === undefined ? [] : variables.chunksOf(name);
  if (chunks.length > 0) return chunks.every(({ text }) => areDependencyFiles(text, variables));
  return (
    /^[^$]*\.d$|^\$[({][\w.-]+:[^=]*=[^=$]*\.d[)}]$/.test(part) ||
    /^\$\((patsubst\s+[^,]+,[^,]*\.d|addsuffix\s+\.d),/.test(part) ||
    /^\$\(wildcard\s+(\S*\.d\s*)+\)$/.test(part)
  );
}
