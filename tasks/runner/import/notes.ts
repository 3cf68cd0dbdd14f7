import type { ImportedTask } from './convert.ts';
import { commandOf } from './of-caller.ts';
import { shortened } from './output.ts';
import type { Statement } from './statement.ts';
import type { Gathered } from './targets.ts';

/** What is said of a statement that is not understood; a condition is named where a task calls make because of it. */
export function noteOf(statement: Statement): readonly string[] {
  if (statement.kind === 'unknown' && (statement.isCondition || statement.lines !== undefined)) return [];
  if (statement.kind === 'unknown' && !statement.isBoundless) return [`line ${statement.line}: ${statement.what}`];
  const isPattern = statement.kind === 'rule' && statement.targets.includes('%');
  return isPattern ? [`line ${statement.line}: a pattern rule (\`${statement.targets}\`)`] : [];
}

/** What is said of a task that reads what somebody types. */
export function noteOfStdin({ name, interactive }: ImportedTask): readonly string[] {
  return interactive ? [`\`${name}\` reads its stdin, so it is \`interactive\` and has the terminal alone`] : [];
}

/** Make wrote the text into the command, and the shell read it there; a variable or an output of the shell is not read again. */
export function noteOfBare(tasks: readonly ImportedTask[]): readonly string[] {
  const met = (isMeant: (one: string) => boolean) =>
    [
      tasks.find(({ bare }) => bare.some(isMeant))?.name,
      [...new Set(tasks.flatMap(({ bare }) => bare.filter(isMeant)))],
    ] as const;
  const [asked, names] = met((one) => commandOf(one) === undefined);
  const [printed, [command = '']] = met((one) => commandOf(one) !== undefined);
  const all = names.map((name) => `\`${name}\``).join(', ');
  const ofCaller = `the caller may set ${all} in the environment (\`${names[0]}=… npx tasks ${asked}\`), and quotes within such a value are not the shell's any more`;
  const ofOutput = `what commands print (\`${shortened(commandOf(command) ?? '')}\` in \`${printed}\`) is read where it is used, where make reads it first, and quotes within it are not the shell's any more`;
  return [...(asked === undefined ? [] : [ofCaller]), ...(printed === undefined ? [] : [ofOutput])];
}

/** How tasks are otherwise than their targets, and why they still call make: in one line for all where each does. */
export function notesOfTasks(tasks: readonly ImportedTask[], doubts: Gathered['doubts']): readonly string[] {
  const isOfAll = tasks.every(({ throughMake }) => doubts.some(({ what }) => what === throughMake));
  if (isOfAll) return doubts.map(noteOfDoubt);
  return tasks.flatMap(({ name, line, note, throughMake }) => {
    if (throughMake !== undefined) return `line ${line}: \`${name}\` still calls make, because of ${throughMake}`;
    return note === undefined ? [] : `line ${line}: \`${name}\` ${note}`;
  });
}

/** What is said of a line that keeps all targets with make. */
function noteOfDoubt({ line, what, included }: Gathered['doubts'][number]): string {
  const isOptional = /^`(-|s)include/.test(what);
  const instead = isOptional && included !== undefined ? insteadOfFiles(included) : '';
  return `line ${line}: ${what} may change any target, so all of them still call make${instead}`;
}

/** What may be missing says mostly how one checkout is set up. */
function insteadOfFiles(names: string): string {
  const areVariables = names.split(' ').every((name) => /^[\w./-]*\.env[\w.-]*$/.test(name));
  const way = areVariables
    ? `write \`dotenv: [${names.replaceAll(' ', ', ')}]\` in the config instead`
    : 'what it sets can be set in the environment';
  return `; without the line they would not: ${way}`;
}

/** What is said of a rule that makes no task. */
export function noteOfUnnamed({ line, text }: Gathered['unnamed'][number]): string {
  return `line ${line}: the rule for \`${text}\` makes no task, because its name is not always the same`;
}
