import { messageOf } from '../errors.ts';
import { shellQuote } from '../text/shell/quote.ts';
import { readsStdin } from '../text/shell/stdin.ts';
import { exportedBy } from './environment.ts';
import { type Disk, type Files, makingOf } from './files.ts';
import { noteOf, noteOfBare, noteOfDoubt, noteOfStdin, noteOfUnnamed } from './notes.ts';
import { callMakeTogether, keepOrder } from './order.ts';
import { recipeOf, type Shell, whileMissing } from './recipe.ts';
import { CouldNot } from './references.ts';
import type { Statement } from './statement.ts';
import { type Gathered, gather, type Target } from './targets.ts';
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
  readonly lock: string | undefined;
  /** Variables that the caller may set, of which the shell makes words. */
  readonly bare: readonly string[];
  /** It reads its stdin. */
  readonly interactive: boolean;
  /** It makes a folder and nothing else. */
  readonly isFolder: boolean;
  /** Why the task still calls make, if it does. */
  readonly throughMake: string | undefined;
};

export type Imported = {
  readonly vars: Readonly<Record<string, string>>;
  readonly tasks: readonly ImportedTask[];
  /** What could not be taken over, or is otherwise than it was; a line each. */
  readonly notes: readonly string[];
};

type Scene = Files &
  Omit<Shell, 'bare' | 'needsOthers' | 'mayCallMake'> & {
    readonly gathered: Gathered;
    /** The task of a target. */
    readonly names: ReadonlyMap<string, string>;
    readonly makefile: string;
    /** Why the environment of the commands is not known. */
    readonly lostEnv: string | undefined;
    readonly notes: string[];
  };

/** Makes tasks of targets. What is not proved to be understood calls make for its target, so that it still does what it did. */
export function convert(
  statements: readonly Statement[],
  {
    makefile,
    included,
    disk,
  }: { readonly makefile: string; readonly included: readonly string[]; readonly disk: Disk },
): Imported {
  const variables = new Variables(statements);
  const gathered = withOwnRule(gather(statements, variables), [makefile, ...included]);
  const notes = [
    ...statements.flatMap(noteOf),
    ...gathered.doubts.map(noteOfDoubt),
    ...gathered.unnamed.map(noteOfUnnamed),
  ];
  const names = nameTasks(
    gathered.targets.map(({ name }) => name),
    notes,
  );
  const { env, lost: lostEnv } = exportedBy(statements, variables);
  const scene: Scene = {
    gathered,
    targets: new Map(gathered.targets.map((target) => [target.name, target])),
    patterns: gathered.patterns,
    phony: new Set(gathered.special.get('.PHONY')),
    oneShell: gathered.special.has('.ONESHELL'),
    ...{ variables, names, makefile, env, lostEnv, notes, disk },
  };
  const each = gathered.targets.map((target) => taskOf(target, scene));
  const through = callMakeTogether(each, (task, why) => {
    const target = gathered.targets.find(({ name }) => names.get(name) === task.name);
    return target === undefined ? task : throughMake(target, why, scene);
  });
  notes.push(...through.flatMap(noteOfStdin), ...noteOfBare(through));
  return {
    vars: variables.varsOf(through.flatMap(({ run, env }) => [...Object.values(env), ...run])),
    tasks: keepOrder(through, gathered.special.has('.NOTPARALLEL'), notes),
    notes,
  };
}

/** A rule for the Makefile itself, or for what it includes, is looked at before every target. */
function withOwnRule(gathered: Gathered, makefiles: readonly string[]): Gathered {
  const own = gathered.targets.find(({ name, recipe }) => makefiles.includes(name) && recipe.length > 0);
  const made = makefiles.slice(1).find((name) => gathered.patterns.some((pattern) => pattern.test(name)));
  if (own === undefined && made === undefined) return gathered;
  const name = own?.name ?? made;
  const kind = own === undefined ? 'a pattern rule' : 'the rule';
  return {
    ...gathered,
    doubts: [...gathered.doubts, { line: own?.line ?? '1', what: `${kind} for \`${name}\` itself` }],
  };
}

function taskOf(target: Target, scene: Scene): ImportedTask {
  const { names, gathered } = scene;
  const name = names.get(target.name) ?? target.name;
  const [doubt] = gathered.doubts;
  if (doubt !== undefined) return throughMake(target, doubt.what, scene, 'told already');
  try {
    const needs = new Set([...target.needs, ...target.orderOnly].flatMap((need) => names.get(need) ?? []));
    const reason = whyNot(target, scene);
    if (reason !== undefined) throw new CouldNot(reason);
    const making = makingOf(target, scene);
    const bare = new Set<string>();
    const mayCallMake = making.kind !== 'file';
    const commands = commandsOf(target, { ...scene, bare, mayCallMake });
    const run = making.kind === 'missing' ? whileMissing(target.name, commands) : commands;
    if (making.kind === 'file') refuseOneForSeveral(target, run, scene);
    if (run.length > 0 && scene.lostEnv !== undefined) throw new CouldNot(scene.lostEnv);
    if (making.kind === 'always' && making.note !== undefined)
      scene.notes.push(`line ${target.line}: \`${name}\` ${making.note}`);
    return {
      name,
      about: target.about,
      needs: [...needs],
      inputs: making.kind === 'file' ? [...new Set(making.inputs)] : [],
      outputs: making.kind === 'file' ? [target.name] : [],
      env: run.length > 0 ? scene.env : {},
      run,
      lock: undefined,
      bare: [...bare],
      interactive: isInteractive(target, scene),
      isFolder: run.join() === `mkdir -p ${target.name}`,
      throughMake: undefined,
    };
  } catch (error) {
    if (!(error instanceof CouldNot)) throw error;
    return throughMake(target, messageOf(error), scene);
  }
}

function commandsOf(
  { name, needs, orderOnly, recipe }: Target,
  shell: Scene & Pick<Shell, 'bare' | 'mayCallMake'>,
): readonly string[] {
  const needsOthers = [...needs, ...orderOnly].some((need) => shell.targets.has(need));
  return recipeOf(recipe, { target: name, needs }, { ...shell, needsOthers });
}

/** The commands of a rule that do the same for each of its files make them all at once: make runs them once where that is so. */
function refuseOneForSeveral(target: Target, run: readonly string[], scene: Scene): void {
  const other = target.besides.find(
    (name) =>
      commandsOf({ ...target, name }, { ...scene, bare: new Set(), mayCallMake: false }).join('\n') === run.join('\n'),
  );
  if (other !== undefined) throw new CouldNot(`\`${other}\`, which the same commands make`);
}

/** What the Makefile says of the target that has no counterpart. */
function whyNot(target: Target, { gathered, phony }: Scene): string | undefined {
  const isPhony = phony.has(target.name);
  if (target.lost !== undefined) return target.lost;
  if (!isPhony && gathered.unknownPhony !== undefined) return `\`.PHONY\` of ${gathered.unknownPhony}`;
  if (gathered.special.get('.IGNORE')?.includes(target.name) === true) return '`.IGNORE`';
  const isFile = !isPhony && target.recipe.length > 0;
  return isFile && gathered.special.has('.DELETE_ON_ERROR') ? '`.DELETE_ON_ERROR`' : undefined;
}

/** Whether its own commands read their stdin, as far as that can be told. */
function isInteractive({ recipe }: Target, { oneShell }: Scene): boolean {
  const commands = recipe.map((step) => step.replace(/^[@+\s-]*/, '').replaceAll('$$', '$'));
  return (oneShell ? [commands.join('\n')] : commands).some(readsStdin);
}

function throughMake(
  target: Target,
  why: string,
  scene: Scene,
  telling: 'told already' | 'to be told' = 'to be told',
): ImportedTask {
  const { names, makefile, notes } = scene;
  const { line, about } = target;
  const name = names.get(target.name) ?? target.name;
  if (telling === 'to be told') notes.push(`line ${line}: \`${name}\` still calls make, because of ${why}`);
  const run = [`make -f ${shellQuote(makefile)} ${shellQuote(target.name)}`];
  const nothing = { needs: [], inputs: [], outputs: [], env: {}, lock: undefined, bare: [], isFolder: false };
  return { name, about, ...nothing, run, interactive: isInteractive(target, scene), throughMake: why };
}
