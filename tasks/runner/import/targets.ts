import { Gathering } from './gathering.ts';
import { changesMake, knownSuffixes } from './known.ts';
import { patternOf, suffixRule } from './names.ts';
import type { Statement, Unknown } from './statement.ts';
import type { Variables } from './variables.ts';

/** A target with all that the Makefile says of it, in one place or in several. */
export type Target = {
  readonly name: string;
  readonly line: string;
  readonly about: string | undefined;
  readonly needs: readonly string[];
  readonly orderOnly: readonly string[];
  readonly recipe: readonly string[];
  /** The other targets of the rule with its recipe. */
  readonly besides: readonly string[];
  /** What `$*` is in its recipe. */
  readonly stem: string | undefined;
  readonly lost: string | undefined;
};

/** What may change any target. */
export type Doubt = Pick<Unknown, 'line' | 'what' | 'stops' | 'included'>;

export type Gathered = {
  readonly targets: readonly Target[];
  /** What a special target such as `.PHONY` names. */
  readonly special: ReadonlyMap<string, readonly string[]>;
  /** Files that a pattern rule, or a rule for suffixes, makes. */
  readonly patterns: readonly RegExp[];
  /** Each may change any target: then none is understood. */
  readonly doubts: readonly Doubt[];
  /** Rules for files of which only a part of the name is known. */
  readonly unnamed: readonly { readonly line: string; readonly text: string; readonly pattern: RegExp }[];
  /** What `.PHONY` names may be more than is known, for this reason. */
  readonly unknownPhony: string | undefined;
  /** What files are made of may be more than is known, for this reason. */
  readonly unknownNeeds: string | undefined;
};

/** The targets of all rules, each once. */
export function gather(statements: readonly Statement[], variables: Variables): Gathered {
  const gathering = new Gathering(variables);
  for (const [index, statement] of statements.entries()) {
    if (statement.kind === 'variable' && changesMake(statement.name, statement.value))
      gathering.doubts.push({ line: statement.line, what: `\`${statement.name}\`` });
    if (statement.kind === 'rule' || statement.kind === 'unknown') gathering.add(statement, index);
  }
  const { special, doubts, patternTexts, patternsOfAll, unnamed, unknownPhony, unknownNeeds } = gathering;
  // Make makes such files anew before all else, where it can.
  const rules = [...patternsOfAll, ...gathering.targets.keys(), ...unnamed.map(({ text }) => text)];
  const isMade = rules.some((name) => /(\.d|[%)}])$/.test(name));
  if (unknownNeeds !== undefined && isMade) doubts.push(unknownNeeds);
  const targets = new Map(
    [...gathering.targets].map(([name, target]) => [name, { ...target, ...lostTo(unnamed, target) }]),
  );
  const suffixes = [...knownSuffixes, ...(special.get('.SUFFIXES') ?? [])];
  const isOfSuffixes = (name: string): boolean => suffixRule(name, suffixes) !== undefined;
  const patterns = [...patternTexts, ...[...targets.keys()].flatMap((name) => suffixRule(name, suffixes) ?? [])];
  return {
    targets: [...targets.values()].filter(({ name }) => !isOfSuffixes(name)),
    special,
    patterns: [...patterns.map(patternOf), ...unnamed.map(({ pattern }) => pattern)],
    doubts,
    unnamed,
    unknownPhony,
    unknownNeeds: unknownNeeds?.what,
  };
}

/** A target that the rule for a name that is not known may be for. */
function lostTo(unnamed: Gathered['unnamed'], { name, lost }: Target): Pick<Target, 'lost'> {
  const rule = unnamed.find(({ pattern }) => pattern.test(name));
  return { lost: lost ?? (rule === undefined ? undefined : `the rule for \`${rule.text}\`, which may be for it`) };
}
