import { messageOf } from '../errors.ts';
import type { Statement } from './parse.ts';
import { CouldNot } from './references.ts';
import { gather, patternsOf, type Target, wordsOfSpecial } from './targets.ts';
import { nameTasks } from './task-names.ts';
import { Variables } from './variables.ts';

export type ImportedTask = {
  readonly name: string;
  readonly about: string | undefined;
  readonly needs: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly run: readonly string[];
  /** Why the task still calls make, if it does. */
  readonly throughMake: string | undefined;
};

export type Imported = {
  readonly vars: Readonly<Record<string, string>>;
  readonly tasks: readonly ImportedTask[];
  /** What could not be taken over, or is otherwise than it was; a line each. */
  readonly notes: readonly string[];
};

/** Makes tasks of targets. What has no counterpart calls make for its target, so that it still does what it did. */
export function convert(statements: readonly Statement[], makefile: string): Imported {
  const variables = new Variables(statements);
  const notes = statements.flatMap(noteOf);
  const targets = gather(statements, variables, notes);
  const names = nameTasks(
    targets.map(({ name }) => name),
    notes,
  );
  const scene: Scene = {
    variables,
    names,
    makefile,
    phony: new Set(wordsOfSpecial(statements, variables, '.PHONY')),
    patterns: statements.flatMap((statement) => patternsOf(statement)),
    env: exported(statements, variables),
    oneShell: statements.some((statement) => statement.kind === 'rule' && statement.targets === '.ONESHELL'),
    notes,
  };
  const tasks = targets.map((target) => taskOf(target, targets, scene));
  const parallel = tasks.find((task) => task.throughMake === undefined && task.needs.length > 1);
  if (parallel !== undefined) {
    notes.push(
      `what a task needs runs at the same time where it can: if the needs of \`${parallel.name}\` must run in order, let one need the other`,
    );
  }
  return { vars: variables.vars(), tasks, notes };
}

type Scene = {
  readonly variables: Variables;
  /** The task of a target. */
  readonly names: ReadonlyMap<string, string>;
  readonly makefile: string;
  readonly phony: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
  readonly env: Readonly<Record<string, string>>;
  readonly oneShell: boolean;
  readonly notes: string[];
};

function noteOf(statement: Statement): readonly string[] {
  if (statement.kind === 'unknown') return [`line ${statement.line}: ${statement.what}`];
  const isPattern = statement.kind === 'rule' && statement.targets.includes('%');
  return isPattern ? [`line ${statement.line}: a pattern rule (\`${statement.targets}\`)`] : [];
}

function exported(statements: readonly Statement[], variables: Variables): Readonly<Record<string, string>> {
  const names = statements.flatMap((statement) =>
    statement.kind === 'variable' && statement.isExported && statement.flavour !== '?=' ? [statement.name] : [],
  );
  return Object.fromEntries(names.map((name) => [name, variables.inConfig(`$(${name})`)]));
}

function taskOf(target: Target, targets: readonly Target[], scene: Scene): ImportedTask {
  const { names, phony } = scene;
  const name = names.get(target.name) ?? target.name;
  const isTarget = (need: string): boolean => names.has(need);
  const needs = [...new Set([...target.needs, ...target.orderOnly].filter(isTarget))];
  try {
    const madeByPattern = [target.name, ...target.needs].find(
      (file) => !phony.has(file) && isImplicit(file, targets, scene),
    );
    if (target.lost !== undefined) throw new CouldNot(target.lost);
    if (madeByPattern !== undefined) throw new CouldNot(`a pattern or built-in rule makes \`${madeByPattern}\``);
    const run = recipeOf(target, scene);
    const isFile = !phony.has(target.name) && run.length > 0;
    const inputs = isFile ? target.needs.filter((need) => !phony.has(need)) : [];
    const hasPhonyNeed = target.needs.some((need) => phony.has(need));
    const mayBeFresh = isFile && inputs.length > 0 && !hasPhonyNeed && !/^(\/|\.\.)/.test(target.name);
    if (isFile && !mayBeFresh && !hasPhonyNeed)
      scene.notes.push(`line ${target.line}: \`${name}\` always runs, since it has no files to compare`);
    return {
      name,
      about: target.about,
      needs: needs.map((need) => names.get(need) ?? need),
      inputs: mayBeFresh ? inputs : [],
      outputs: mayBeFresh ? [target.name] : [],
      env: run.length > 0 ? scene.env : {},
      run,
      throughMake: undefined,
    };
  } catch (error) {
    if (!(error instanceof CouldNot)) throw error;
    const reason = messageOf(error);
    scene.notes.push(`line ${target.line}: \`${name}\` still calls make, because of ${reason}`);
    const run = [`make -f ${scene.makefile} ${target.name}`];
    return { name, about: target.about, needs: [], inputs: [], outputs: [], env: {}, run, throughMake: reason };
  }
}

/** A file without a recipe of its own that a rule for many files makes: one of the Makefile, or make's own for `.o`. */
function isImplicit(file: string, targets: readonly Target[], { patterns }: Scene): boolean {
  const hasRecipe = targets.some((target) => target.name === file && target.recipe.length > 0);
  return !hasRecipe && (patterns.some((pattern) => pattern.test(file)) || /\.o$/.test(file));
}

function recipeOf(target: Target, { variables, oneShell }: Scene): readonly string[] {
  const automatic = { target: target.name, needs: target.needs };
  const steps = target.recipe.filter((step) => !/^\s*(#.*)?$/.test(step));
  if (variables.has('.SHELLFLAGS') || variables.has('.RECIPEPREFIX')) throw new CouldNot('flags of the shell');
  const shell = variables.has('SHELL') ? (variables.words('$(SHELL)')[0] ?? '/bin/sh') : '/bin/sh';
  const plain = steps.map((step) => stepOf(variables.inConfig(step.trim(), automatic)));
  const joined = oneShell && plain.length > 1 ? [plain.join('\n')] : plain;
  const isOtherShell = !/(^|\/)(sh|dash)$/.test(shell);
  return isOtherShell ? joined.map((step) => `${shell} -c ${quoted(step)}`) : joined;
}

/** Without the signs before a command: `@` hides it, which here is a matter of output; `-` ignores its failure. */
function stepOf(step: string): string {
  const [, signs = '', command = ''] = /^([@+\s-]*)(.*)$/s.exec(step) ?? [];
  if (!signs.includes('-')) return command;
  const isSimple = /^[^;&|#\n]*$/.test(command);
  return isSimple ? `${command} || true` : `(${command}\n) || true`;
}

function quoted(command: string): string {
  return `'${command.replaceAll("'", `'\\''`)}'`;
}
