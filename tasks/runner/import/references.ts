import { argumentsOf } from './names.ts';

/** Why something cannot be taken over. */
export class CouldNot extends Error {}

/** What is read; undefined where that cannot be taken over. */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CouldNot) return undefined;
    throw error;
  }
}

/** `$@`, `$<`, `$^` and, of a static pattern rule, `$*`. */
export type Automatic = {
  readonly target: string;
  readonly needs: readonly string[];
  readonly stem?: string | undefined;
};

/** What an automatic variable stands for; undefined where the name is none. */
export function automaticValue(name: string, automatic: Automatic | undefined): string | undefined {
  if (!/^[@<^+?*%|]|^[@<^+?*%][DF]$/.test(name)) return undefined;
  if (automatic === undefined) throw new CouldNot(`\`$${name}\` outside of a recipe`);
  const shown = name.length === 1 ? `\`$${name}\`` : `\`$(${name})\``;
  const { target, needs, stem } = automatic;
  const meant = name.startsWith('<') ? needs.slice(0, 1) : needs;
  if (/^[<^+]/.test(name) && meant.some(isGlob)) throw new CouldNot(`${shown} of files that a pattern names`);
  const values: Readonly<Record<string, string | undefined>> = {
    '*': stem,
    '@': target,
    '<': needs[0] ?? '',
    '^': [...new Set(needs)].join(' '),
    '+': needs.join(' '),
    '@D': target.includes('/') ? target.replace(/\/[^/]*$/, '') : '.',
    '@F': target.replace(/^.*\//, ''),
  };
  const value = values[name];
  if (value === undefined) throw new CouldNot(shown);
  return value;
}

export function isGlob(word: string): boolean {
  return /[*?[]/.test(word);
}

export type Reader = {
  readonly literal: (piece: string) => string;
  /** `before` is what stands before it in the result. */
  readonly reference: (name: string, before: string) => string;
  /** `$(NAME:.c=.o)`, `$(patsubst %.c,%.o,…)`. */
  readonly replaced: (text: string, from: string, to: string) => string;
  /** `$(wildcard …)`. */
  readonly wildcard: (globs: string) => string;
  /** `$(if $(NAME),then)`. */
  readonly ifSet: (name: string, then: string, before: string) => string;
  /** `$(shell …)`. */
  readonly output: (command: string, before: string) => string;
  /** What stands for all that cannot be taken over; without it that is an error. */
  readonly unknown: string | undefined;
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
    if (text[index] !== '$') {
      pending += text[index];
    } else if (next === undefined || /\s/.test(next)) {
      throw new CouldNot('a lone `$`');
    } else if (next === '$') {
      pending += '$';
      index++;
    } else {
      flush();
      if (result.endsWith('$')) throw new CouldNot('a `$` of the shell before one of make');
      const isEnclosed = next === '(' || next === '{';
      const name = isEnclosed ? enclosed(text, index + 1) : next;
      result += knownOr(reader.unknown, () => ofReference(name, reader, result));
      index += isEnclosed ? name.length + 2 : 1;
    }
  }
  flush();
  return result;
}

function knownOr(unknown: string | undefined, read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (unknown === undefined || !(error instanceof CouldNot)) throw error;
    return unknown;
  }
}

function enclosed(text: string, start: number): string {
  const close = text[start] === '(' ? ')' : '}';
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (text[index] === text[start]) depth++;
    if (text[index] === close) depth--;
    if (depth === 0) return text.slice(start + 1, index);
  }
  throw new CouldNot(`a missing \`${close}\``);
}

function ofReference(content: string, reader: Reader, before: string): string {
  const replacing = replacingIn(content);
  if (replacing !== undefined) return reader.replaced(...replacing);
  const [, globs] = /^wildcard\s+([^$]+)$/.exec(content) ?? [];
  if (globs !== undefined) return reader.wildcard(globs.trim());
  const [, command] = /^shell\s+(.+)$/s.exec(content) ?? [];
  if (command !== undefined) return reader.output(command, before);
  const [, asked, then] = /^if\s+\$[({](\w+)[)}]\s*,((?:[^,()]|\([^()]*\))*),?\s*$/.exec(content) ?? [];
  if (asked !== undefined && then !== undefined) return reader.ifSet(asked, then, before);
  const [, called] = /^call\s+([\w.-]+)/.exec(content) ?? [];
  // Why that is not known may be a condition.
  if (called !== undefined) reader.reference(called, before);
  const isName = /^[^\s$(){},:#=]+$/.test(content);
  if (!isName) throw new CouldNot(`\`$(${content.split(/\s/)[0]} …)\``);
  return reader.reference(content, before);
}

/** All that makes other words of words as a pattern says: the words, what is looked for and what stands there then. */
function replacingIn(content: string): readonly [text: string, from: string, to: string] | undefined {
  const [, name, from = '', to = ''] = /^([\w.-]+):([^=$]*)=(.*)$/s.exec(content) ?? [];
  if (name !== undefined) return [`$(${name})`, from, to];
  const [, word, rest = ''] = /^(patsubst|addprefix|addsuffix)\s+(.*)$/s.exec(content) ?? [];
  const [first = '', second = '', third, ...more] = argumentsOf(rest);
  const isPattern = word === 'patsubst' && first.includes('%') && third !== undefined && more.length === 0;
  if (isPattern) return `${first}${second}` === `${first.trim()}${second.trim()}` ? [third, first, second] : undefined;
  if (word === undefined || word === 'patsubst' || third !== undefined || first.includes('%')) return undefined;
  return [second, '%', word === 'addprefix' ? `${first}%` : `%${first}`];
}
