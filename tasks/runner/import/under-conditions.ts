import { messageOf } from '../errors.ts';
import { type Condition, conditionOf, questionOf } from './conditions.ts';
import type { ImportedTask } from './convert.ts';
import { inQuotes } from './in-quotes.ts';
import { unlessMet } from './messages.ts';
import { type Reading, readingOf, type Surroundings } from './reading.ts';
import { isSimple } from './recipe.ts';
import { CouldNot } from './references.ts';
import { Variables } from './variables.ts';

/** Each condition that a task depends on doubles how often the Makefile is read for it. */
const mostReadings = 256;

const branches = ['chosen', 'otherwise'] as const;
type Branch = (typeof branches)[number];
/** A reading, the branches that lead to it, and the tests that hold there. */
type Place = { readonly reading: Reading; readonly path: string; readonly held: readonly string[] };
type Tests = { readonly [B in Branch]: string };

/** The tasks of a reading; what waits for a condition is read with each of its branches. */
export function underConditions(first: Reading, surroundings: Surroundings): readonly ImportedTask[] {
  const readings = new Map<string, Reading>();
  const read = (path: string, lines: Reading['lines']): Reading | undefined => {
    if (!readings.has(path) && readings.size < mostReadings) readings.set(path, readingOf(lines, surroundings, first));
    const reading = readings.get(path);
    return reading?.gathered.targets.every(({ name }) => first.tasks.has(name)) === true ? reading : undefined;
  };
  const settled = (target: string, task: ImportedTask, { reading, path, held }: Place): ImportedTask => {
    const condition = conditionOf(task.throughMake ?? '', reading.lines);
    if (condition === undefined) return task;
    const asked = testsOf(condition, reading);
    if (asked instanceof CouldNot && conditionOf(asked.message, reading.lines) !== undefined)
      return settled(target, { ...task, throughMake: asked.message }, { reading, path, held });
    const tests = typeof asked === 'string' || asked instanceof CouldNot ? undefined : asked;
    const inBranch = (branch: Branch): ImportedTask => {
      const inner = `${path}${condition.first.number} ${branch};`;
      const other = read(inner, condition[branch]);
      const found = other?.tasks.get(target);
      return other === undefined || found === undefined
        ? task
        : settled(target, found, { reading: other, path: inner, held: [...held, ...(tests ? [tests[branch]] : [])] });
    };
    const known = typeof asked === 'string' ? asked : branches.find((branch) => held.includes(tests?.[branch] ?? ''));
    if (known !== undefined) return inBranch(known);
    try {
      return ofBoth(inBranch('chosen'), inBranch('otherwise'), tests);
    } catch (error) {
      if (!(error instanceof CouldNot)) throw error;
      return { ...task, throughMake: messageOf(error) };
    }
  };
  return [...first.tasks].map(([target, task]) => settled(target, task, { reading: first, path: '', held: [] }));
}

/** How the shell asks for each branch, or why it cannot; or the one branch that always stands. Make asks when it has read what stands before. */
function testsOf(condition: Condition, { statements }: Reading): Tests | Branch | CouldNot {
  const { name, left, right, isEqual } = questionOf(condition.first) ?? { left: undefined, right: '', isEqual: false };
  const before = new Variables(
    statements.slice(
      0,
      statements.findIndex(({ line }) => line === condition.first.number),
    ),
  );
  if (left === undefined || (name !== undefined && !before.isOfCaller(name))) return new CouldNot('what it asks');
  try {
    const sides = [left, right].map((side) => inQuotes(side, before));
    const isOfCaller = sides.some((side) => side.includes('$'));
    if (!isOfCaller) return (sides[0] === sides[1]) === isEqual ? 'chosen' : 'otherwise';
    const test = (sign: string): string => `[ "${sides.join(`" ${sign} "`)}" ]`;
    return isEqual ? { chosen: test('='), otherwise: test('!=') } : { chosen: test('!='), otherwise: test('=') };
  } catch (error) {
    if (error instanceof CouldNot) return error;
    throw error;
  }
}

/** Branches that differ in commands only become one task; what one of them leaves to make, both do. */
function ofBoth(chosen: ImportedTask, otherwise: ImportedTask, tests: Tests | undefined): ImportedTask {
  if (tests !== undefined && chosen.stop !== undefined) return unlessStopped(otherwise, tests.otherwise, chosen.stop);
  if (tests !== undefined && otherwise.stop !== undefined) return unlessStopped(chosen, tests.chosen, otherwise.stop);
  const still = [chosen, otherwise].find(({ throughMake }) => throughMake !== undefined);
  if (still !== undefined) return still;
  const besides = ({ needs, inputs, outputs, env, isFolder }: ImportedTask): string =>
    JSON.stringify([needs, inputs, outputs, env, isFolder]);
  if (besides(chosen) !== besides(otherwise)) throw new CouldNot('a condition that changes more than its commands');
  return {
    ...chosen,
    about: chosen.about ?? otherwise.about,
    note: chosen.note ?? otherwise.note,
    run: stepsOf(chosen.run, otherwise.run, tests),
    bare: [...new Set([...chosen.bare, ...otherwise.bare])],
    interactive: chosen.interactive || otherwise.interactive,
  };
}

/** Make asks itself where the task calls it. */
function unlessStopped(task: ImportedTask, test: string, stop: string): ImportedTask {
  return task.throughMake === undefined ? { ...task, run: [unlessMet(test, stop), ...task.run] } : task;
}

function stepsOf(chosen: readonly string[], otherwise: readonly string[], tests: Tests | undefined): readonly string[] {
  const [a = '', ...restOfThen] = chosen;
  const [b = '', ...restOfOther] = otherwise;
  if (a === '' && b === '') return [];
  if (a === b) return [a, ...stepsOf(restOfThen, restOfOther, tests)];
  if (chosen.length < otherwise.length) return [oneOf('', b, tests), ...stepsOf(chosen, restOfOther, tests)];
  if (chosen.length > otherwise.length) return [oneOf(a, '', tests), ...stepsOf(restOfThen, otherwise, tests)];
  return [oneOf(a, b, tests), ...stepsOf(restOfThen, restOfOther, tests)];
}

/** A step for either branch, one of which may have none. */
function oneOf(chosen: string, otherwise: string, tests: Tests | undefined): string {
  if (tests === undefined) throw new CouldNot('a condition that the shell cannot ask');
  if (chosen !== '' && otherwise !== '') return `if ${tests.chosen}; then\n${chosen}\nelse\n${otherwise}\nfi`;
  const [only, not, test] =
    chosen === '' ? [otherwise, tests.chosen, tests.otherwise] : [chosen, tests.otherwise, tests.chosen];
  return isSimple(only) ? `${not} || ${only}` : `if ${test}; then\n${only}\nfi`;
}
