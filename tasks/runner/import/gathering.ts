import { messageOf } from '../errors.ts';
import { areDependencyFiles } from './dependency-files.ts';
import { changesMake, specialTargets } from './known.ts';
import { partsOf, patternOf, stemOf, withoutDot } from './names.ts';
import { CouldNot, ifKnown, isGlob } from './references.ts';
import type { Rule, Unknown } from './statement.ts';
import type { Doubt, Target } from './targets.ts';
import type { Variables } from './variables.ts';

/** Goes through the rules, one after another. */
export class Gathering {
  readonly targets = new Map<string, Target>();
  readonly special = new Map<string, readonly string[]>();
  readonly doubts: Doubt[] = [];
  readonly patternTexts: string[] = [];
  /** Those that may make what the compiler found: not `bin/%: %.c`, which would make `bin/a.d` only of an `a.d.c`. */
  readonly patternsOfAll: string[] = [];
  readonly unnamed: { readonly line: string; readonly text: string; readonly pattern: RegExp }[] = [];
  unknownPhony: string | undefined;
  /** What may add to what files are made of. */
  unknownNeeds: { readonly line: string; readonly what: string } | undefined;
  private readonly variables: Variables;

  constructor(variables: Variables) {
    this.variables = variables;
  }

  add(statement: Rule | Unknown, index: number): void {
    if (statement.kind === 'rule') this.addRule(statement, index);
    else this.addUnknown(statement, index);
  }

  private addUnknown(statement: Unknown, index: number): void {
    const { line } = statement;
    const changed = statement.variables.find((name) => changesMake(name, '?'));
    const { what, included } = statement;
    if (included !== undefined && areDependencyFiles(included, this.variables)) this.unknownNeeds ??= { line, what };
    else if (statement.isBoundless) this.doubts.push(statement);
    else if (changed !== undefined) this.doubts.push({ line, what: `\`${changed}\` in ${what}` });
    for (const text of statement.targets) {
      for (const name of this.namesIn(text, { line, index })?.names ?? []) {
        if (Object.hasOwn(specialTargets, name)) this.addLostSpecial(name, statement);
        else if (name.includes('%')) this.addPattern(name);
        else this.merge({ ...empty, name, line, lost: statement.what });
      }
    }
  }

  private addRule(rule: Rule, index: number): void {
    const { line, targets, needs: needText, about, recipe } = rule;
    const found = this.namesIn(targets, { line, index });
    const names = found?.names ?? [];
    for (const name of names) {
      if (Object.hasOwn(specialTargets, name)) this.addSpecial(name, needText, { line, index });
      else if (name.includes('%')) this.addPattern(name, needText);
      else {
        const stem = ifKnown(() => this.stemIn(name, rule, index));
        const needs = this.needsIn(needText, index, stem);
        const besides = rule.pattern === undefined ? names.filter((other) => other !== name) : [];
        const lost = rule.pattern !== undefined && stem === undefined ? 'a static pattern rule' : rule.lost;
        this.merge({ name, line, about, recipe, besides, stem, ...needs, lost: found?.lost ?? lost ?? needs.lost });
      }
    }
  }

  private addPattern(name: string, needs = ''): void {
    this.patternTexts.push(name);
    if (!name.endsWith('%') || !/%\.\w/.test(needs)) this.patternsOfAll.push(name);
  }

  /** What `%` is for a target of a static pattern rule; undefined where its commands may make others too. */
  private stemIn(name: string, { pattern, needs, recipe }: Rule, index: number): string | undefined {
    if (pattern === undefined) return undefined;
    const [only = '', ...more] = this.checked(this.variables.words(pattern, index));
    const commands = recipe.join('\n');
    const isOfItsOwn = /\$[({]?[@*](?!D)/.test(commands) || (/\$[({]?<(?!D)/.test(commands) && /^\S*%/.test(needs));
    return more.length === 0 && (isOfItsOwn || recipe.length === 0) ? stemOf(name, only) || undefined : undefined;
  }

  /** Undefined, and a doubt, where a rule is for nobody knows whom. */
  private namesIn(text: string, { line, index }: { readonly line: string; readonly index: number }) {
    try {
      try {
        return { names: this.checked(this.variables.words(text, index)), lost: undefined };
      } catch (error) {
        const names = this.variables.words(text, index, 'words as without an environment');
        return { names: this.checked(names), lost: couldNot(error) };
      }
    } catch (error) {
      const what = `targets named by ${couldNot(error)}`;
      const files = this.unnamedFiles(text, index);
      if (files === undefined) this.doubts.push({ line, what });
      else this.unnamed.push(...files.map((pattern) => ({ line, text: text.trim(), pattern })));
      return undefined;
    }
  }

  /** What may be the files of a rule, where each lies in a folder, so that their names are not just any. */
  private unnamedFiles(text: string, index: number): readonly RegExp[] | undefined {
    const parts = partsOf(text);
    const words = parts.flatMap((part) => {
      const found = ifKnown(() => this.variables.partlyKnown(part, index));
      return found?.length === 1 ? found.map(withoutDot) : ['%'];
    });
    return words.every((word) => /\/[^%]|[^%]\/%*$/.test(word) && !/[~\\()$:;|*?[]/.test(word))
      ? words.map(patternOf)
      : undefined;
  }

  private checked(names: readonly string[]): readonly string[] {
    const odd = names.find((name) => isGlob(name) || /[~\\()$:;|]/.test(name));
    if (odd !== undefined) throw new CouldNot(`\`${odd}\``);
    return names.map(withoutDot);
  }

  private needsIn(text: string, index: number, stem?: string): Pick<Target, 'needs' | 'orderOnly' | 'lost'> {
    try {
      const written = this.variables.words(text.replace('|', ' | '), index);
      const words = written.map((word) => withoutDot(stem === undefined ? word : word.replace('%', () => stem)));
      const odd = words.find((word) => /[~\\()$;%]|\*\*|\[|^\.WAIT$/.test(word));
      if (odd !== undefined) throw new CouldNot(`\`${odd}\``);
      const bar = words.indexOf('|');
      if (bar === -1) return { needs: words, orderOnly: [], lost: undefined };
      return { needs: words.slice(0, bar), orderOnly: words.slice(bar + 1), lost: undefined };
    } catch (error) {
      return { needs: [], orderOnly: [], lost: couldNot(error) };
    }
  }

  /** Where one name of `.PHONY` is not known, the others are. */
  private addSpecial(name: string, text: string, { line, index }: { readonly line: string; readonly index: number }) {
    const found = partsOf(text).flatMap((part) => {
      const { needs, lost } = this.needsIn(part, index);
      if (lost !== undefined && name === '.PHONY') this.unknownPhony = lost;
      else if (lost !== undefined) this.doubts.push({ line, what: `\`${name}\` of ${lost}` });
      return needs;
    });
    this.special.set(name, [...(this.special.get(name) ?? []), ...found]);
    const isBoundless = specialTargets[name] === 'boundless' || (name === '.IGNORE' && found.length === 0);
    const saysNothing = name === '.SECONDARY' && found.length === 0;
    if (isBoundless && !saysNothing) this.doubts.push({ line, what: `\`${name}\`` });
  }

  private addLostSpecial(name: string, { line, what }: Unknown): void {
    if (name === '.PHONY') this.unknownPhony = what;
    else if (specialTargets[name] !== 'harmless') this.doubts.push({ line, what: `\`${name}\` in ${what}` });
  }

  /** Rules of one target add up; only one of them has a recipe, and what that one needs comes first. */
  private merge(target: Target): void {
    const before = this.targets.get(target.name) ?? empty;
    const hasRecipe = target.recipe.length > 0;
    const isSecondRecipe = hasRecipe && before.recipe.length > 0;
    const add = (a: readonly string[], b: readonly string[]): readonly string[] =>
      hasRecipe ? [...b, ...a] : [...a, ...b];
    this.targets.set(target.name, {
      ...target,
      line: before.line || target.line,
      about: before.about ?? target.about,
      needs: add(before.needs, target.needs),
      orderOnly: add(before.orderOnly, target.orderOnly),
      ...(hasRecipe ? {} : { recipe: before.recipe, besides: before.besides, stem: before.stem }),
      lost: before.lost ?? target.lost ?? (isSecondRecipe ? 'two recipes' : undefined),
    });
  }
}

const none = { needs: [], orderOnly: [], recipe: [], besides: [], stem: undefined };
const empty: Target = { name: '', line: '', about: undefined, ...none, lost: undefined };

function couldNot(error: unknown): string {
  if (!(error instanceof CouldNot)) throw error;
  return messageOf(error);
}
