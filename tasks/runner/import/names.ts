import { literal } from '../text/literal.ts';

/** `./a` is `a` to make. */
export function withoutDot(name: string): string {
  return name.replace(/^(\.\/+)+(?=.)/, '');
}

/** The words of a text that is not filled in: one `$(…)` is one word. */
export function partsOf(text: string): readonly string[] {
  return text.match(/(?:\$\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\$\{[^}]*\}|\S)+/g) ?? [];
}

/** What stands between the commas of a text that is not filled in. */
export function argumentsOf(text: string): readonly string[] {
  const found = [''];
  let depth = 0;
  for (const sign of text) {
    if (/[({]/.test(sign)) depth++;
    if (/[)}]/.test(sign)) depth--;
    if (sign === ',' && depth === 0) found.push('');
    else found.push(`${found.pop()}${sign}`);
  }
  return found;
}

/** `.c.o` as the pattern of what it makes. */
export function suffixRule(name: string, suffixes: readonly string[]): string | undefined {
  if (suffixes.includes(name)) return '%';
  const made = suffixes.find((suffix) => name.endsWith(suffix) && suffixes.includes(name.slice(0, -suffix.length)));
  return made === undefined ? undefined : `%${made}`;
}

export function patternOf(text: string): RegExp {
  return new RegExp(`^${text.split('%').map(literal).join('.+')}$`);
}

/** `$(NAME:.c=.o)` for one word. */
export function replaceSuffix(word: string, from: string, to: string): string {
  if (!from.includes('%')) return word.endsWith(from) ? word.slice(0, word.length - from.length) + to : word;
  const stem = stemOf(word, from);
  return stem === undefined ? word : to.replace('%', () => stem);
}

/** What `%` stands for; undefined where the word is not of the pattern. */
export function stemOf(word: string, pattern: string): string | undefined {
  const [start = '', end = ''] = pattern.split(/%(.*)/s);
  const fits = word.length >= start.length + end.length && word.startsWith(start) && word.endsWith(end);
  return fits ? word.slice(start.length, word.length - end.length) : undefined;
}

export function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** The vars that a text of the config uses. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<!\$)\$\{(\w[\w-]*)\}/g)].flatMap(([, name = '']) => name);
}
