import { isValued, toolFlagNames } from '../args.ts';
import type { TaskRow } from '../config/types.ts';
import { closest, didYouMean, listed, type Problem } from '../errors.ts';
import { knownElsewhere } from '../other-flags.ts';

/** What to write instead of a flag that neither the task nor the runner has. */
export function unknownFlag(name: string, task: TaskRow | undefined): Problem {
  const elsewhere = knownElsewhere(`--${name}`);
  const near = elsewhere.hint === undefined ? didYouMean(`--${name}`, flagsOf(task)) : '';
  const suggestion = near === '' ? (elsewhere.suggestion ?? '') : near;
  if (task === undefined)
    return {
      message: `unknown flag \`--${name}\`${suggestion}`,
      hint: elsewhere.hint ?? "a task's own flags follow its name",
    };
  const meant = isOfMatrix(name, task) ? '' : (negated(name, task) ?? suggestion);
  return { message: `task \`${task.name}\` has no flag \`--${name}\`${meant}`, hint: hintOf(name, task) };
}

/** A flag of a task that comes before its name. */
export function flagTooEarly(name: string, { name: task, params }: TaskRow): Problem {
  const value = params[name]?.type === 'bool' ? '' : '=…';
  return {
    message: `unknown flag \`--${name}\` before any task`,
    hint: `\`${task}\` has it, and a task's own flags follow its name: \`npx tasks ${task} --${name}${value}\``,
  };
}

/** The param of the task that is suggested instead of such a flag. */
export function meantParam(name: string, task: TaskRow): string | undefined {
  if (isOfMatrix(name, task) || knownElsewhere(`--${name}`).hint !== undefined) return undefined;
  const near = negatedParam(name, task) ?? closest(`--${name}`, flagsOf(task))?.slice(2);
  return near !== undefined && Object.hasOwn(task.params, near) ? near : undefined;
}

/** Whether such a flag seems to be one of the runner's that takes a value, or one of another runner's; undefined where it is like none. */
export function takesValue(name: string, task: TaskRow | undefined): boolean | undefined {
  const { hint, suggestion = '' } = knownElsewhere(`--${name}`);
  if (hint !== undefined || suggestion.includes('=')) return true;
  const near = closest(`--${name}`, flagsOf(task));
  return near === undefined ? undefined : isValued(near.slice(2));
}

function flagsOf(task: TaskRow | undefined): readonly string[] {
  return [...Object.keys(task?.params ?? {}), ...toolFlagNames].map((flag) => `--${flag}`);
}

function isOfMatrix(name: string, { matrix = {} }: TaskRow): boolean {
  return Object.hasOwn(matrix, name);
}

/** `--no-race` is `--race=false`. */
function negated(name: string, task: TaskRow): string | undefined {
  const meant = negatedParam(name, task);
  return meant === undefined ? undefined : `, did you mean \`--${meant}=false\`?`;
}

function negatedParam(name: string, { params }: TaskRow): string | undefined {
  return Object.keys(params).find((param) => name === `no-${param}` && params[param]?.type === 'bool');
}

function hintOf(name: string, row: TaskRow): string {
  const { name: task, params } = row;
  if (isOfMatrix(name, row))
    return `\`${name}\` is a key of its matrix, which makes a task of each value: \`npx tasks --help ${task}\` shows them`;
  const names = Object.keys(params).map((param) => `--${param}`);
  return `\`${task}\` ${names.length === 0 ? 'has no flags of its own' : `has ${listed(names)}`}; what follows \`--\` goes to its command`;
}
