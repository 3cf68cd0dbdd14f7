import type { Statement } from './parse.ts';
import { type Automatic, automaticValue, CouldNot, walk } from './references.ts';

type Variable = { readonly value: string; readonly isDefault: boolean };

/** What make has without a Makefile. */
const builtIn: Readonly<Record<string, string>> = {
  CC: 'cc',
  CXX: 'g++',
  AR: 'ar',
  LD: 'ld',
  RM: 'rm -f',
  MAKE: 'make',
};

/** The variables of a Makefile, and how a text that uses them reads in a config. */
export class Variables {
  private readonly values = new Map<string, Variable>();
  private readonly lost = new Map<string, string>();
  private readonly used = new Set<string>();
  private readonly hasIncludes: boolean;

  constructor(statements: readonly Statement[]) {
    for (const statement of statements) {
      if (statement.kind === 'variable') this.assign(statement);
      if (statement.kind === 'unknown') for (const name of statement.variables) this.lost.set(name, statement.what);
    }
    this.hasIncludes = statements.some((statement) => statement.kind === 'unknown' && /include/.test(statement.what));
  }

  /** A step or value for the config: variables stay references, what was the shell's stays the shell's. */
  inConfig(text: string, automatic?: Automatic): string {
    return walk(text, {
      literal: (piece) => piece.replaceAll('${', () => '$${'),
      reference: (name) => automaticValue(name, automatic) ?? this.reference(name),
      replaced: (name, from, to) => this.replacedIn(name, { from, to, trail: [] }),
    });
  }

  /** A list of targets or prerequisites: every variable filled in. A `$(wildcard …)` is a glob. */
  words(text: string): readonly string[] {
    return this.filledIn(text, [])
      .split(/\s+/)
      .filter((word) => word !== '');
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The variables that were used, each after those that it uses. */
  vars(): Readonly<Record<string, string>> {
    const sorted = new Map<string, string>();
    const add = (name: string, trail: readonly string[]): void => {
      if (sorted.has(name) || trail.includes(name)) return;
      const { value } = this.values.get(name) ?? { value: '' };
      const text = this.inConfig(value);
      for (const [, other = ''] of value.matchAll(/\$[({](\w[\w-]*)[)}]/g))
        if (this.isVar(other)) add(other, [...trail, name]);
      sorted.set(name, text);
    };
    for (const name of [...this.used]) add(name, []);
    return Object.fromEntries(sorted);
  }

  private assign({ name, flavour, value }: Extract<Statement, { readonly kind: 'variable' }>): void {
    const before = this.values.get(name);
    if (flavour === '?=' && before !== undefined) return;
    if (flavour === '+=' && before !== undefined)
      this.values.set(name, { ...before, value: `${before.value} ${value}`.trim() });
    else this.values.set(name, { value, isDefault: flavour === '?=' });
  }

  private isVar(name: string): boolean {
    return this.values.get(name)?.isDefault === false && /^[A-Za-z][A-Za-z0-9_-]*$/.test(name);
  }

  private reference(name: string): string {
    this.refuseLost(name);
    const variable = this.values.get(name);
    if (variable === undefined) return builtIn[name] ?? this.ofEnvironment(name);
    const text = this.inConfig(variable.value);
    if (variable.isDefault) return this.withDefault(name, text);
    if (!this.isVar(name)) return text;
    this.used.add(name);
    return `\${${name}}`;
  }

  private refuseLost(name: string): void {
    const what = this.lost.get(name);
    if (what !== undefined) throw new CouldNot(`\`$(${name})\` is set by ${what}`);
  }

  private ofEnvironment(name: string): string {
    if (this.hasIncludes) throw new CouldNot(`\`$(${name})\` may be set by an included file`);
    return `$\${${name}}`;
  }

  /** The caller's variable, or else the value: what `?=` says, in the shell's words. */
  private withDefault(name: string, text: string): string {
    if (/["'`\\}]/.test(text.replaceAll(/\$\{\w+\}/g, '')))
      throw new CouldNot(`the default of \`$(${name})\` has quotes`);
    return `$\${${name}:-${text}}`;
  }

  private filledIn(text: string, trail: readonly string[]): string {
    return walk(text, {
      literal: (piece) => piece,
      reference: (name) => {
        this.refuseLost(name);
        if (trail.includes(name)) throw new CouldNot(`\`$(${name})\` uses itself`);
        const variable = this.values.get(name);
        if (variable === undefined && this.hasIncludes) this.ofEnvironment(name);
        return variable === undefined ? (builtIn[name] ?? '') : this.filledIn(variable.value, [...trail, name]);
      },
      replaced: (name, from, to) => this.replacedIn(name, { from, to, trail }),
    });
  }

  private replacedIn(
    name: string,
    { from, to, trail }: { readonly from: string; readonly to: string; readonly trail: readonly string[] },
  ): string {
    const words = this.filledIn(`$(${name})`, trail).split(/\s+/);
    return words.map((word) => replaceSuffix(word, from, to)).join(' ');
  }
}

function replaceSuffix(word: string, from: string, to: string): string {
  const [fromStart = '', fromEnd] = from.split('%');
  const [toStart = '', toEnd] = to.split('%');
  if (fromEnd === undefined) return word.endsWith(from) ? word.slice(0, word.length - from.length) + to : word;
  const fits = word.startsWith(fromStart) && word.endsWith(fromEnd);
  const stem = word.slice(fromStart.length, word.length - fromEnd.length);
  return fits ? `${toStart}${toEnd === undefined ? '' : stem}${toEnd ?? ''}` : word;
}
