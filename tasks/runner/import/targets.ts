import { messageOf } from '../errors.ts';
import type { Statement } from './parse.ts';
import { CouldNot } from './references.ts';
import type { Variables } from './variables.ts';

/** A target with all that the Makefile says of it, in one place or in several. */
export type Target = {
  readonly name: string;
  readonly line: number;
  readonly about: string | undefined;
  readonly needs: readonly string[];
  readonly orderOnly: readonly string[];
  readonly recipe: readonly string[];
  readonly lost: string | undefined;
};

/** The targets of all rules, each once. */
export function gather(statements: readonly Statement[], variables: Variables, notes: string[]): readonly Target[] {
  const targets = new Map<string, Target>();
  for (const statement of statements) {
    if (statement.kind === 'unknown') {
      for (const name of statement.targets.filter((target) => !/[%$]/.test(target)))
        merge(targets, {
          name,
          line: statement.line,
          about: undefined,
          needs: [],
          orderOnly: [],
          recipe: [],
          lost: statement.what,
        });
    }
    if (statement.kind !== 'rule' || isSpecial(statement.targets)) continue;
    const { line, about, recipe } = statement;
    try {
      const [needs = '', orderOnly = ''] = statement.needs.split('|');
      for (const name of variables.words(statement.targets)) {
        const own = { needs: variables.words(needs), orderOnly: variables.words(orderOnly) };
        merge(targets, { name, line, about, ...own, recipe, lost: undefined });
      }
    } catch (error) {
      if (!(error instanceof CouldNot)) throw error;
      for (const name of statement.targets.split(/\s+/).filter((word) => !/[%$]/.test(word)))
        merge(targets, { name, line, about, needs: [], orderOnly: [], recipe: [], lost: messageOf(error) });
      if (/\$/.test(statement.targets)) notes.push(`line ${line}: targets named by ${messageOf(error)}`);
    }
  }
  return [...targets.values()];
}

/** Rules of one target add up; only one of them has a recipe. */
function merge(targets: Map<string, Target>, target: Target): void {
  const before = targets.get(target.name);
  targets.set(target.name, {
    ...target,
    line: before?.line ?? target.line,
    about: before?.about ?? target.about,
    needs: [...(before?.needs ?? []), ...target.needs],
    orderOnly: [...(before?.orderOnly ?? []), ...target.orderOnly],
    recipe: target.recipe.length > 0 ? target.recipe : (before?.recipe ?? []),
    lost: before?.lost ?? target.lost,
  });
}

function isSpecial(targets: string): boolean {
  return /^\.[A-Z_]+$/.test(targets) || targets.includes('%') || /^\.\w+(\.\w+)?$/.test(targets);
}

/** What a special target such as `.PHONY` names. */
export function wordsOfSpecial(
  statements: readonly Statement[],
  variables: Variables,
  name: string,
): readonly string[] {
  return statements.flatMap((statement) =>
    statement.kind === 'rule' && statement.targets === name ? variables.words(statement.needs) : [],
  );
}

/** Files that a pattern rule, or a rule for suffixes, makes. */
export function patternsOf(statement: Statement): readonly RegExp[] {
  if (statement.kind !== 'rule' && statement.kind !== 'unknown') return [];
  const targets = statement.kind === 'rule' ? statement.targets.split(/\s+/) : statement.targets;
  return targets.flatMap((target) => {
    const suffix = /^\.\w+(\.\w+)$/.exec(target)?.[1];
    const pattern = target.includes('%') ? target : suffix === undefined ? undefined : `%${suffix}`;
    return pattern === undefined
      ? []
      : [
          new RegExp(
            `^${pattern
              .split('%')
              .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
              .join('.+')}$`,
          ),
        ];
  });
}
