import { literal } from '../text/literal.ts';

/** `./a` is `a` to make. */
export function withoutDot(name: string): string {
  return name.replace(/^(\.\/+)+(?=.)/, '');
}

/** The words of a text that is not filled in: one `$(…)` is one word. */
export function partsOf(text: string): readonly string[] {
  return text.match(/(?:\$\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\$\{[^}]*\}|\S)+/g) ?? [];
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
