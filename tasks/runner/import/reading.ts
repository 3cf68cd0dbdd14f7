import { messageOf } from '../errors.ts';
import { shellQuote } from '../text/shell/quote.ts';
import { readsStdin } from '../text/shell/stdin.ts';
import { commandsIn, definitionsIn, type Texts } from './calls.ts';
import type { ImportedTask } from './convert.ts';
import { exportedBy } from './environment.ts';
import { type Disk, type Files, makingOf } from './files.ts';
import type { Line } from './lines.ts';
import { printing } from './messages.ts';
import { parseMakefile } from './parse.ts';
import { recipeOf, type Shell, whileMissing } from './recipe.ts';
import { CouldNot, ifKnown } from './references.ts';
import type { Statement } from './statement.ts';
import { type Doubt, type Gathered, gather, type Target } from './targets.ts';
import { nameTasks } from './task-names.ts';
import { Variables } from './variables.ts';

/** What is the same however a Makefile is read. */
export type Surroundings = { readonly makefile: string; readonly included: readonly string[]; readonly disk: Disk };

/** A Makefile as it is understood, with what its conditions choose left open. */
export type Reading = {
  readonly lines: readonly Line[];
  readonly statements: readonly Statement[];
  readonly gathered: Gathered;
  readonly scene: Scene;
  /** The task of each target. */
  readonly tasks: ReadonlyMap<string, ImportedTask>;
};

export type Scene = Files &
  Omit<Shell, 'bare' | 'needsOthers' | 'mayCallMake'> & {
    readonly gathered: Gathered;
    /** The task of a target. */
    readonly names: ReadonlyMap<string, string>;
    readonly makefile: string;
    /** Why the environment of the commands is not known. */
    readonly lostEnv: string | undefined;
  };

/** Makes tasks of targets. What is not proved to be understood calls make for its target. `first`: the same, before a condition had its branch. */
export function readingOf(
  lines: readonly Line[],
  { makefile, included, disk }: Surroundings,
  first?: Reading,
): Reading {
  const statements = parseMakefile(lines);
  const variables = new Variables(statements, first?.scene.variables);
  const texts = { variables, definitions: definitionsIn(statements) };
  const gathered = withCalls(withOwnRule(gather(statements, variables), [makefile, ...included]), texts);
  const { env, exports, lost: lostEnv } = exportedBy(statements, texts);
  const scene: Scene = {
    gathered,
    targets: new Map(gathered.targets.map((target) => [target.name, target])),
    patterns: gathered.patterns,
    phony: new Set(gathered.special.get('.PHONY')),
    oneShell: gathered.special.has('.ONESHELL'),
    names: first?.scene.names ?? nameTasks(gathered.targets.map(({ name }) => name)),
    ...{ variables, makefile, env, exports, lostEnv, disk },
  };
  const tasks = new Map(gathered.targets.map((target) => [target.name, taskOf(target, scene)]));
  return { lines, statements, gathered, scene, tasks };
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

function withCalls(gathered: Gathered, texts: Texts): Gathered {
  const targets = gathered.targets.map((target) => ({
    ...target,
    recipe: target.recipe.flatMap((step) => commandsIn(step, texts)),
  }));
  return { ...gathered, targets };
}

function taskOf(target: Target, scene: Scene): ImportedTask {
  const { names, gathered } = scene;
  const name = names.get(target.name) ?? target.name;
  const [doubt] = gathered.doubts;
  if (doubt !== undefined) return { ...throughMake(target, doubt.what, scene), stop: stopOf(doubt, scene) };
  try {
    const needs = new Set([...target.needs, ...target.orderOnly].flatMap((need) => names.get(need) ?? []));
    const reason = whyNot(target, scene);
    if (reason !== undefined) throw new CouldNot(reason);
    const making = makingOf(target, scene);
    if (making.kind !== 'always' && gathered.unknownNeeds !== undefined)
      throw new CouldNot(`${gathered.unknownNeeds} of what the compiler found that files are made of`);
    const bare = new Set<string>();
    const mayCallMake = making.kind !== 'file';
    const commands = commandsOf(target, { ...scene, bare, mayCallMake });
    const run = making.kind === 'missing' ? whileMissing(target.name, commands) : commands;
    if (making.kind === 'file') refuseOneForSeveral(target, run, scene);
    if (run.length > 0 && scene.lostEnv !== undefined) throw new CouldNot(scene.lostEnv);
    return {
      name,
      line: target.line,
      about: target.about,
      needs: [...needs],
      inputs: making.kind === 'file' ? [...new Set(making.inputs)] : [],
      outputs: making.kind === 'file' ? [target.name] : [],
      env: run.length > 0 ? scene.env : {},
      run: run.map((step) => `${Object.values(scene.exports).join('')}${step}`),
      lock: undefined,
      bare: [...bare],
      interactive: isInteractive(target, scene),
      isFolder: run.join() === `mkdir -p ${target.name}`,
      note: making.kind === 'always' ? making.note : undefined,
      throughMake: undefined,
    };
  } catch (error) {
    if (!(error instanceof CouldNot)) throw error;
    return throughMake(target, messageOf(error), scene);
  }
}

function stopOf({ stops }: Doubt, { variables }: Scene): string | undefined {
  return stops === undefined ? undefined : ifKnown(() => printing('error', stops, variables));
}

function commandsOf(
  { name, needs, orderOnly, recipe, stem }: Target,
  shell: Scene & Pick<Shell, 'bare' | 'mayCallMake'>,
): readonly string[] {
  const needsOthers = [...needs, ...orderOnly].some((need) => shell.targets.has(need));
  return recipeOf(recipe, { target: name, needs, stem }, { ...shell, needsOthers });
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
function isInteractive({ recipe }: Pick<Target, 'recipe'>, { oneShell }: Scene): boolean {
  const commands = recipe.map((step) => step.replace(/^[@+\s-]*/, '').replaceAll('$$', '$'));
  return (oneShell ? [commands.join('\n')] : commands).some(readsStdin);
}

/** The task of a target that still calls make. */
export function throughMake({ name: target, line, about, ...rest }: Target, why: string, scene: Scene): ImportedTask {
  const { names, makefile } = scene;
  const name = names.get(target) ?? target;
  const run = [`make -f ${shellQuote(makefile)} ${shellQuote(target)}`];
  const nothing = { needs: [], inputs: [], outputs: [], env: {}, lock: undefined, bare: [], isFolder: false };
  const interactive = isInteractive(rest, scene);
  return { name, line, about, ...nothing, run, interactive, note: undefined, throughMake: why };
}
