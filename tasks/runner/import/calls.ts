import { argumentsOf } from './names.ts';
import { outermost } from './scope.ts';
import type { Statement } from './statement.ts';
import type { Variables } from './variables.ts';

/** The lines of a text that `define` sets, and nothing else. */
export type Definition = readonly string[];
export type Definitions = ReadonlyMap<string, Definition>;

/** Those of a Makefile. */
export function definitionsIn(statements: readonly Statement[]): Definitions {
  const set = new Set<string>();
  const found = new Map<string, Definition>();
  for (const statement of statements) {
    const names =
      statement.kind === 'variable' ? [statement.name] : statement.kind === 'unknown' ? statement.variables : [];
    for (const name of names) {
      const lines = statement.kind === 'unknown' && !set.has(name) ? statement.lines : undefined;
      set.add(name);
      if (lines === undefined) found.delete(name);
      else found.set(name, lines);
    }
  }
  return found;
}

export type Texts = { readonly variables: Variables; readonly definitions: Definitions };

/** Calls may call; make has no end of those that call themselves. */
const deepest = 20;

/** The commands of a recipe's step, in which texts that are called (`$(call NAME,…)`, or `define`) stand in their places. */
export function commandsIn(step: string, texts: Texts, depth = 0): readonly string[] {
  const [, signs = '', command = ''] = /^([@+\s-]*)(.*)$/s.exec(step) ?? [];
  const found = depth < deepest ? firstCall(command, texts) : undefined;
  if (found === undefined) return [step];
  const { before, lines, behind } = found;
  // As make does: the whole is cut into lines, and the signs before it are for each of them.
  const whole = `${before}${lines.join('\n')}${behind}`;
  return cut(whole).flatMap((line) => commandsIn(`${signs}${line.trimStart()}`, texts, depth + 1));
}

type Call = { readonly before: string; readonly lines: readonly string[]; readonly behind: string };

function firstCall(command: string, texts: Texts): Call | undefined {
  for (const match of command.matchAll(/\$\$|\$[({]/g)) {
    if (match[0] === '$$') continue;
    const written = command.slice(match.index, endOf(command, match.index));
    const [, called, name = ''] = /^\$[({](call\s+)?([\w.-]+)\s*(?=[,)}])/.exec(written) ?? [];
    const isCall = called !== undefined;
    const lines = isCall ? calledLines(name, texts) : texts.definitions.get(name);
    if (lines === undefined) continue;
    const [, ...given] = argumentsOf(written.slice(2, -1));
    const filled = isCall ? lines.map((line) => withArguments(line, [name, ...given])) : lines;
    const end = match.index + written.length;
    return { before: command.slice(0, match.index), lines: filled, behind: command.slice(end) };
  }
  return undefined;
}

/** Of a definition, or the text of a variable that is set once and read where it is used. */
function calledLines(name: string, { variables, definitions }: Texts): Definition | undefined {
  const [only, ...more] = variables.chunksOf(name);
  const isRecursive = more.length === 0 && only?.before === outermost.before && !variables.isDefault(name);
  return definitions.get(name) ?? (isRecursive ? [only.text] : undefined);
}

/** Where that ends which begins with `$(`. */
function endOf(text: string, start: number): number {
  const [open, close] = text[start + 1] === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === open) depth++;
    if (text[index] === close) depth--;
    if (depth === 0) return index + 1;
  }
  return text.length;
}

function withArguments(line: string, given: readonly string[]): string {
  return line.replaceAll(/\$\$|\$(\d)|\$\((\d+)\)|\$\{(\d+)\}/g, (whole, short, round, curly) =>
    whole === '$$' ? whole : (given[Number(short ?? round ?? curly)] ?? ''),
  );
}

/** A line that ends in a backslash goes on. */
function cut(text: string): readonly string[] {
  return text.match(/(?:\\[\s\S]|[^\n\\])+/g) ?? [];
}
