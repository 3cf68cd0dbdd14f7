/** Why something cannot be taken over. */
export class CouldNot extends Error {}

/** `$@`, `$<` and `$^` of one rule. */
export type Automatic = { readonly target: string; readonly needs: readonly string[] };

/** What an automatic variable stands for; undefined where the name is none. */
export function automaticValue(name: string, automatic: Automatic | undefined): string | undefined {
  if (!/^[@<^+?*%|]|^[@<^+?*%][DF]$/.test(name)) return undefined;
  if (automatic === undefined) throw new CouldNot(`\`$${name}\` outside of a recipe`);
  const unique = [...new Set(automatic.needs)].join(' ');
  const values: Readonly<Record<string, string>> = {
    '@': automatic.target,
    '<': automatic.needs[0] ?? '',
    '^': unique,
    '+': automatic.needs.join(' '),
    '@D': automatic.target.includes('/') ? automatic.target.replace(/\/[^/]*$/, '') : '.',
    '@F': automatic.target.replace(/^.*\//, ''),
  };
  const value = values[name];
  if (value === undefined) throw new CouldNot(`\`$${name.length === 1 ? name : `(${name})`}\``);
  return value;
}

export type Reader = {
  readonly literal: (piece: string) => string;
  readonly reference: (name: string) => string;
  /** `$(NAME:.c=.o)`. */
  readonly replaced: (name: string, from: string, to: string) => string;
};

/** Goes through the `$` of a text. */
export function walk(text: string, reader: Reader): string {
  let result = '';
  let pending = '';
  const flush = (): void => {
    result += reader.literal(pending);
    pending = '';
  };
  for (let index = 0; index < text.length; index++) {
    const next = text[index + 1];
    if (text[index] !== '$' || next === undefined) {
      pending += text[index];
    } else if (next === '$') {
      pending += '$';
      index++;
    } else {
      flush();
      const name = next === '(' || next === '{' ? enclosed(text, index + 1) : next;
      result += ofReference(name, reader);
      index += next === '(' || next === '{' ? name.length + 2 : 1;
    }
  }
  flush();
  return result;
}

function enclosed(text: string, start: number): string {
  const close = text[start] === '(' ? ')' : '}';
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (text[index] === text[start]) depth++;
    if (text[index] === close) depth--;
    if (depth === 0) return text.slice(start + 1, index);
  }
  throw new CouldNot(`a \`${close}\` is missing`);
}

function ofReference(content: string, reader: Reader): string {
  const [, name, from, to] = /^([\w.-]+):([^=]*)=(.*)$/.exec(content) ?? [];
  if (name !== undefined && from !== undefined && to !== undefined) return reader.replaced(name, from, to);
  const [, glob] = /^wildcard\s+([^$]+)$/.exec(content) ?? [];
  if (glob !== undefined) return glob.trim();
  const isName = /^[^\s$(){},:#=]+$/.test(content);
  if (!isName) throw new CouldNot(`\`$(${content.split(/\s/)[0]} …)\``);
  return reader.reference(content);
}
