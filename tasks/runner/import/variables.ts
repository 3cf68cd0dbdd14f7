import { reservedNames } from '../config/reserved-names.ts';
import { insteadOf, isOfMake, ofKernelBuild, programs } from './known.ts';
import { withoutMarks } from './marks.ts';
import { namesIn, replaceSuffix, wordsOf } from './names.ts';
import { ofCommand, ofEnvironment, whereSet, withDefault } from './of-caller.ts';
import { shortened } from './output.ts';
import { type Automatic, automaticValue, CouldNot, ifKnown, isGlob, walk } from './references.ts';
import { innerOf, outermost, placeAfter, type Scope, tellOf } from './scope.ts';
import type { Assignment, Statement } from './statement.ts';
import { type Chunk, ofCallerOnly, type Variable, valueAfter } from './values.ts';

/** The variables of a Makefile, and how a text that uses them reads in a config. */
export class Variables {
  private readonly values = new Map<string, Variable>();
  private readonly lost = new Map<string, string>();
  /** The last statement that sets a variable. */
  private readonly settledAt = new Map<string, number>();
  private readonly others: Variables | undefined;

  /** `others`: of the same Makefile, where all that depends on a condition is lost; what is lost there is no var. */
  constructor(statements: readonly Statement[], others?: Variables) {
    this.others = others;
    for (const [index, statement] of statements.entries()) {
      if (statement.kind === 'variable') this.assign(statement, index);
      if (statement.kind === 'unknown') for (const name of statement.variables) this.lost.set(name, statement.what);
    }
  }

  /** A step or value for the config: variables stay references, what was the shell's stays the shell's. */
  inConfig(text: string, own: Partial<Scope> = {}): string {
    return withoutMarks(this.withMarks(text, own));
  }

  /** The same, where what is put into it can be told from the rest. */
  withMarks(text: string, own: Partial<Scope> = {}): string {
    return this.expand(text, { ...outermost, ...own, form: 'config', environment: [] });
  }

  /** A list of targets or prerequisites, as it reads at a statement. A `$(wildcard …)` is a glob. */
  words(text: string, before = outermost.before, form: Scope['form'] = 'words'): readonly string[] {
    return wordsOf(this.expand(text, { ...outermost, before, form, environment: [] }));
  }

  /** The same, with `%` for what is not known. */
  partlyKnown(text: string, before: number): readonly string[] {
    return wordsOf(this.filled(text, undefined, before));
  }

  /** A command with every variable filled in; with its default, one that the caller may set; what is not known as `%`. */
  filled(text: string, automatic?: Automatic, before = outermost.before): string {
    const form = 'words as without an environment';
    return this.expand(text, { ...outermost, before, form, automatic, environment: [], unknown: '%' });
  }

  /** The value with every variable filled in; undefined where it is not always the same. */
  constant(name: string): string | undefined {
    return ifKnown(() => this.reference(name, { ...outermost, form: 'words', environment: [] }));
  }

  has(name: string): boolean {
    return this.values.has(name) || this.lost.has(name);
  }

  /** Its value and what is added to it, as they are written; nothing where that is not known. */
  chunksOf(name: string): readonly Chunk[] {
    return this.lost.has(name) ? [] : (this.values.get(name)?.chunks ?? []);
  }

  isDefault(name: string): boolean {
    return this.values.get(name)?.isDefault === true;
  }

  /** The variables that texts of the config use, each after those that it uses. */
  varsOf(texts: readonly string[]): Readonly<Record<string, string>> {
    const sorted = new Map<string, string>();
    const add = (name: string): void => {
      const variable = this.values.get(name);
      if (sorted.has(name) || variable === undefined) return;
      const text = this.valueOf(variable.chunks, { ...outermost, form: 'config', environment: [] });
      namesIn(text).forEach(add);
      sorted.set(name, withoutMarks(text));
    };
    texts.flatMap(namesIn).forEach(add);
    return Object.fromEntries(sorted);
  }

  private assign(assignment: Assignment, index: number): void {
    const { name, flavour } = assignment;
    const before = this.values.get(name);
    if (flavour === '?=' && before !== undefined) return;
    this.settledAt.set(name, index);
    const value = valueAfter(before, assignment, index);
    if (typeof value === 'string') this.lost.set(name, value);
    else this.values.set(name, value);
  }

  /** Only the caller can give it a value. */
  isOfCaller(name: string): boolean {
    const isEmpty = this.isDefault(name) && this.values.get(name)?.chunks.every(({ text }) => text === '') === true;
    return isEmpty || (!this.has(name) && programs[name] === undefined && !isOfMake(name));
  }

  private isVar(name: string): boolean {
    const isFree = name !== 'args' && !reservedNames.includes(name);
    const isSame = this.others === undefined || ifKnown(() => this.others?.inConfig(`$(${name})`)) !== undefined;
    return !this.isDefault(name) && /^[A-Za-z][A-Za-z0-9_-]*$/.test(name) && isFree && isSame;
  }

  private expand(text: string, scope: Scope): string {
    return walk(text, {
      literal: (piece) => (scope.form === 'config' ? piece.replaceAll('${', () => '$${') : piece),
      reference: (name, before) => {
        const inner = innerOf(scope, before);
        const found = automaticValue(name, scope.automatic) ?? this.reference(name, { ...inner, automatic: undefined });
        tellOf(inner, scope);
        return found;
      },
      replaced: (text, from, to) => {
        const form = scope.form === 'config' ? 'words' : scope.form;
        const [words = [], ...pattern] = [text, from, to].map((part) => wordsOf(this.expand(part, { ...scope, form })));
        if (words.some(isGlob)) throw new CouldNot(`\`${text}\` of files that a pattern names, with other endings`);
        if (pattern.some((part) => part.length > 1)) throw new CouldNot('a pattern of several words');
        const [[before = ''] = [], [after = ''] = []] = pattern;
        return words.map((word) => replaceSuffix(word, before, after)).join(' ');
      },
      wildcard: (globs) => {
        if (scope.form === 'config') throw new CouldNot('`$(wildcard …)` in a command');
        return globs;
      },
      ifSet: (name, then, before) => {
        const inner = innerOf(scope, before);
        if (!this.isOfCaller(name)) throw new CouldNot('`$(if …)`');
        const quote = inner.quote === "'" ? '"' : inner.quote;
        const place = { ...inner, isInline: true, quote, onEnvironment: undefined };
        const found = whereSet(name, this.expand(then, place), inner);
        tellOf(inner, scope);
        return found;
      },
      output: (command, before) => {
        if (scope.form !== 'config') throw new CouldNot(`files that \`$(shell ${shortened(command)})\` names`);
        const inner = innerOf(scope, before);
        const text = this.expand(command, { ...inner, isInline: true, quote: '', onEnvironment: undefined });
        const found = ofCommand(text, inner);
        tellOf(inner, scope);
        return found;
      },
      unknown: scope.unknown,
    });
  }

  private reference(name: string, scope: Scope): string {
    const what = this.lost.get(name);
    if (what !== undefined) throw new CouldNot(`\`$(${name})\`, which is set by ${what}`);
    if (scope.trail.includes(name)) throw new CouldNot(`\`$(${name})\`, which uses itself`);
    if ((this.settledAt.get(name) ?? -1) >= scope.before)
      throw new CouldNot(`\`$(${name})\`, which is set again later`);
    const variable = this.values.get(name);
    if (variable === undefined) return this.ofCaller(name, scope);
    if (variable.isDefault) return this.defaultOf(name, variable, scope);
    const isInline = scope.isInline === true;
    const text = this.valueOf(variable.chunks, { ...scope, trail: [...scope.trail, name], isInline });
    const isOtherInQuotes = scope.quote === "'" && scope.environment.length > 0;
    if (scope.form !== 'config' || isInline || isOtherInQuotes || !this.isVar(name)) return text;
    return `\${${name}}`;
  }

  /** The caller's value, or else the default; and what is added to either, behind a space where there is one. */
  private defaultOf(name: string, { chunks: [first, ...added] }: Variable, scope: Scope): string {
    const inner = { ...scope, trail: [...scope.trail, name], isInline: true };
    const quote = scope.quote === "'" ? '"' : scope.quote;
    const isDefault = first !== undefined && first !== ofCallerOnly;
    const text = isDefault ? this.valueOf([first], { ...inner, quote }) : programs[name];
    if (added.length === 0) return withDefault(name, text ?? '', scope);
    const whole = text === undefined ? ofEnvironment(name, text, scope) : withDefault(name, text && `${text} `, scope);
    const before = whole + whereSet(name, ' ', scope);
    return before + this.valueOf(added, { ...inner, ...placeAfter(before, scope) });
  }

  private valueOf(chunks: readonly Chunk[], scope: Scope): string {
    return chunks.reduce((whole, { text, before }, index) => {
      const inner = { ...scope, before: Math.min(before, scope.before), ...placeAfter(whole, scope) };
      return `${whole}${index === 0 ? '' : ' '}${this.expand(text, inner)}`;
    }, '');
  }

  private ofCaller(name: string, scope: Scope): string {
    if (name === 'SHELL') return '/bin/sh';
    if (name === 'CURDIR' && scope.form === 'config') return ofEnvironment('PWD', undefined, scope);
    if (ofKernelBuild.includes(name)) return '';
    const program = programs[name];
    if (program !== undefined) return withDefault(name, program, scope);
    if (isOfMake(name) || !/^[A-Za-z_]\w*$/.test(name)) throw new CouldNot(`\`$(${name})\`${insteadOf[name] ?? ''}`);
    return ofEnvironment(name, undefined, scope);
  }
}
